"""Archives: what is safe is extracted, all else is refused with its reason, and no run is ended."""

import gzip
import io
import logging
import os
import stat
import subprocess
import sys
import tarfile
import zipfile

import pytest

from autograder import archive
from autograder.archive import GuardedExtractor
from tests.conftest import PROJECT


@pytest.fixture
def folders(tmp_path):
    """An archive folder and an empty one to extract to, below a folder that must stay clean."""
    source, target = tmp_path / "down" / "archive", tmp_path / "down" / "extracted"
    source.mkdir(parents=True)
    target.mkdir()
    return source, target


@pytest.fixture
def extract(folders, caplog):
    """A function that extracts and returns the files by name, and the reasons of what was refused."""

    def run():
        source, target = folders
        with caplog.at_level(logging.WARNING):
            GuardedExtractor().extract(str(source), str(target))
        found = {p.relative_to(target).as_posix(): p for p in target.rglob("*") if not p.is_dir()}
        assert all(stat.S_ISREG(path.lstat().st_mode) for path in found.values())
        outside = [p for p in source.parent.parent.rglob("*") if target not in p.parents]
        assert {p.name for p in outside if p not in (source, target, source.parent)} <= {
            p.name for p in source.rglob("*")
        }
        refused = [r.message for r in caplog.records if r.message.startswith("Refused")]
        return {name: path.read_bytes() for name, path in found.items()}, refused

    return run


def zipped(files, **modes):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as file:
        for name, text in files.items():
            info = zipfile.ZipInfo(name)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = modes.get(name, 0) << 16
            file.writestr(info, text)
    return content.getvalue()


def tarred(members, mode="w:gz"):
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode=mode) as file:
        for info, text in members:
            info.size = len(text)
            file.addfile(info, io.BytesIO(text))
    return content.getvalue()


def member(name, kind=tarfile.REGTYPE, link=""):
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, link
    return info


def test_archives_are_extracted_as_nbgrader_does(folders, extract):
    """Each into a folder of its name; other files are copied; folders stay folders."""
    source, _ = folders
    (source / "sub").mkdir()
    (source / "ann.zip").write_bytes(zipped({"a/b.ipynb": "1", "c.ipynb": "2", "empty/": ""}))
    (source / "bob.tar.gz").write_bytes(tarred([(member("x/d.ipynb"), b"3")]))
    (source / "sub" / "cem.ipynb.gz").write_bytes(gzip.compress(b"4"))
    (source / "dan.ipynb").write_text("5")
    assert extract() == (
        {
            "ann/a/b.ipynb": b"1",
            "ann/c.ipynb": b"2",
            "bob/x/d.ipynb": b"3",
            "sub/cem.ipynb/cem.ipynb": b"4",
            "dan.ipynb": b"5",
        },
        [],
    )


def test_archives_in_archives_are_extracted(folders, extract):
    """Each beside itself, up to a depth."""
    inner = zipped({"a.ipynb": "1"})
    for _ in range(4):
        inner = zipped({"in.zip": inner})
    (folders[0] / "out.zip").write_bytes(inner)
    found, [refused] = extract()
    assert sorted(found) == ["out/in.zip", "out/in/in.zip", "out/in/in/in.zip"]
    assert "archives lie 3 deep in each other" in refused


@pytest.mark.parametrize(
    "name",
    [
        "../out.ipynb",
        "/out.ipynb",
        "a/../../out.ipynb",
        "..\\out.ipynb",
        "C:\\out.ipynb",
        "..",
        ".",
    ],
)
def test_names_that_lead_out_are_refused(folders, extract, name):
    """The member is refused, and the others are extracted."""
    (folders[0] / "ann.zip").write_bytes(zipped({name: "1", "b.ipynb": "2"}))
    (folders[0] / "bob.tar.gz").write_bytes(
        tarred([(member(name), b"1"), (member("b.ipynb"), b"2")])
    )
    found, refused = extract()
    assert found == {"ann/b.ipynb": b"2", "bob/b.ipynb": b"2"}
    assert len(refused) == 2


@pytest.mark.parametrize("name", ["a\0.ipynb", "a\n.ipynb", "a" * 300, "\udcff.ipynb"])
def test_names_that_no_file_should_have_are_refused(folders, extract, name):
    """Null characters, line breaks, and more characters than a file system takes."""
    (folders[0] / "bob.tar.gz").write_bytes(
        tarred([(member(name.replace("\0", "\1")), b"1"), (member("b.ipynb"), b"2")])
    )
    found, [refused] = extract()
    assert found == {"bob/b.ipynb": b"2"}
    assert "it has no name that a file may have" in refused


def test_links_and_special_files_are_refused(folders, extract):
    """They are never made, and nothing is written through them."""
    kinds = (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE)
    members = [(member(f"x{n}", kind, "/etc"), b"") for n, kind in enumerate(kinds)]
    members += [(member("x0/passwd"), b"1")]
    (folders[0] / "bob.tar.gz").write_bytes(tarred(members))
    (folders[0] / "ann.zip").write_bytes(
        zipped({"link": "/etc", "a.ipynb": "1"}, link=stat.S_IFLNK | 0o777)
    )
    (folders[0] / "cem.zip").symlink_to("ann.zip")
    os.mkfifo(folders[0] / "pipe")
    found, refused = extract()
    assert found == {"ann/a.ipynb": b"1", "bob/x0/passwd": b"1"}
    assert sum("it is a link or no ordinary file" in text for text in refused) == 7


@pytest.mark.parametrize("kind", ["zip", "tar.gz", "ipynb.gz"])
def test_bombs_are_stopped(folders, extract, kind, monkeypatch):
    """What grows beyond its room is cut off, and takes no room."""
    monkeypatch.setattr(archive, "MAX_SIZE", 3 * 2**20)
    zeros = bytes(2**24)
    bomb = {
        "zip": lambda: zipped({"a.ipynb": "1", "z.ipynb": zeros}),
        "tar.gz": lambda: tarred([(member("a.ipynb"), b"1"), (member("z.ipynb"), zeros)]),
        "ipynb.gz": lambda: gzip.compress(zeros),
    }
    (folders[0] / f"ann.{kind}").write_bytes(bomb[kind]())
    (folders[0] / "bob.zip").write_bytes(zipped({"b.ipynb": "2"}))
    found, [refused] = extract()
    assert "an archive may become 3 MiB; the rest is left out" in refused
    assert found.pop("bob/b.ipynb") == b"2"
    assert set(found.values()) <= {b"1"}


def test_bombs_in_bombs_share_their_room(folders, extract, monkeypatch):
    """Ten archives in one may not become ten times as much."""
    monkeypatch.setattr(archive, "MAX_SIZE", 3 * 2**20)
    inner = zipped({"z.ipynb": bytes(2**20)})
    (folders[0] / "ann.zip").write_bytes(zipped({f"{n}.zip": inner for n in range(10)}))
    found, refused = extract()
    assert sum(name.endswith("z.ipynb") for name in found) == 2
    assert len(refused) == 8


def test_an_archive_has_a_number_of_files(folders, extract, monkeypatch):
    """Beyond it the rest is left out."""
    monkeypatch.setattr(archive, "MAX_FILES", 3)
    (folders[0] / "ann.zip").write_bytes(zipped({f"{n}.ipynb": "1" for n in range(9)}))
    found, [refused] = extract()
    assert len(found) == 3
    assert "an archive may hold 3 files" in refused


def broken_member():
    content = bytearray(zipped({"a.ipynb": "1" * 100, "b.ipynb": "2"}))
    content[39] ^= 0xFF  # within what is compressed
    return bytes(content)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no archive",
        b"PK\x03\x04 cut",
        zipped({"a.ipynb": "1"})[:-9],
        b"\x1f\x8b cut",
        gzip.compress(b"x" * 9999)[:-9],
        tarred([(member("a.ipynb"), bytes(9999))])[:-20],
    ],
    ids=["empty", "text", "zip's mark", "cut zip", "gzip's mark", "cut gzip", "cut tar"],
)
def test_a_broken_archive_keeps_nobody_back(folders, extract, content):
    """It is refused with its reason, and the others are extracted."""
    (folders[0] / "ann.gz").write_bytes(content)
    (folders[0] / "ann.zip").write_bytes(content)
    (folders[0] / "bob.zip").write_bytes(zipped({"b.ipynb": "2"}))
    found, refused = extract()
    assert found["bob/b.ipynb"] == b"2"
    assert len(refused) == 2


def test_a_broken_member_keeps_the_others(folders, extract):
    """What does not match its checksum is refused, and not left half-written."""
    (folders[0] / "ann.zip").write_bytes(broken_member())
    found, [refused] = extract()
    assert found == {"ann/b.ipynb": b"2"}
    assert "'a.ipynb'" in refused


def test_an_encrypted_member_is_refused(folders, extract):
    """Nobody is asked for a password."""
    content = bytearray(zipped({"a.ipynb": "1"}))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(mark) + offset] |= 1
    (folders[0] / "ann.zip").write_bytes(bytes(content))
    found, [refused] = extract()
    assert found == {}
    assert "password" in refused


def test_a_name_counts_once(folders, extract):
    """A second file of a name, or a file where a folder is, does not replace the first."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as file:
        for name, text in (("a/b", "1"), ("a", "2"), ("a/x", "3"), ("a/b/c", "4")):
            file.writestr(name, text)
    twice = content.getvalue().replace(b"a/x", b"a/b")
    (folders[0] / "ann.zip").write_bytes(twice)
    found, refused = extract()
    assert found == {"ann/a/b": b"1"}
    assert len(refused) == 3


def test_nbgraders_own_command_uses_it(tmp_path):
    """`nbgrader zip_collect` goes on where an archive is bad, and collects the others."""
    (tmp_path / "nbgrader_config.py").write_text(
        (PROJECT / "nbgrader_config.py").read_text(encoding="utf-8")
        + 'c.FileNameCollectorPlugin.named_regexp = r".*/(?P<student_id>\\w+)/(?P<file_id>\\w+)"\n'
    )
    folder = tmp_path / "downloaded" / "tiny" / "archive"
    folder.mkdir(parents=True)
    (folder / "ann.zip").write_bytes(zipped({"tiny.ipynb": "{}", "../bob.ipynb": "{}"}))
    (folder / "cem.zip").write_bytes(b"PK\x03\x04 cut")
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", "zip_collect", "tiny"],
        cwd=tmp_path,
        env={**os.environ, "JUPYTER_CONFIG_DIR": str(tmp_path), "PYTHONPATH": str(PROJECT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    assert "its name leads out of the folder" in done.stdout
    assert "2 files were refused" in done.stdout
    assert [str(p.relative_to(tmp_path)) for p in tmp_path.glob("submitted/*/*/*")] == [
        "submitted/ann/tiny/tiny.ipynb"
    ]

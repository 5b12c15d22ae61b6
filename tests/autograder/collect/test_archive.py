"""Archives: what is safe is extracted, all else is refused with its reason, and no run is ended."""

import errno
import gzip
import io
import lzma
import os
import stat
import subprocess
import sys
import tarfile
import zipfile

import pytest

from autograder.collect import target_folder
from autograder.collect.archive import GuardedExtractor
from autograder.files.ordinary_file import LINK, NO_FILE
from tests.autograder.support.shape import nest
from tests.conftest import PROJECT


@pytest.fixture
def folders(tmp_path):
    """An archive folder and an empty one to extract to, below a folder that must stay clean."""
    source, target = tmp_path / "down" / "archive", tmp_path / "down" / "extracted"
    source.mkdir(parents=True)
    target.mkdir()
    return source, target


@pytest.fixture
def extract(folders):
    """A function that extracts; it returns the files by name, and the reasons of what was left out."""

    def run(**settings):
        source, target = folders
        extractor = GuardedExtractor(**settings)
        extractor.extract(str(source), str(target))
        found = {p.relative_to(target).as_posix(): p for p in target.rglob("*") if not p.is_dir()}
        assert all(stat.S_ISREG(path.lstat().st_mode) for path in found.values())
        outside = [p for p in source.parent.parent.rglob("*") if target not in p.parents]
        assert {p.name for p in outside if p not in (source, target, source.parent)} <= {
            p.name for p in source.rglob("*")
        }
        left_out = [f"{one.path}: {one.why}" for one in extractor.extracted.not_extracted]
        return {name: path.read_bytes() for name, path in found.items()}, left_out

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
    for depth in range(7):
        if depth == 4:
            (folders[0] / "four.zip").write_bytes(inner)
        inner = zipped({"in.zip": inner})
    (folders[0] / "seven.zip").write_bytes(inner)
    found, [refused] = extract()
    assert found["four/in/in/in/in/a.ipynb"] == b"1"
    assert sum(name.startswith("seven/") for name in found) == 5
    assert refused == "seven/in/in/in/in/in.zip: archives may be nested 5 deep"


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


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("a\1.ipynb", "a_.ipynb"),
        ("a\n.ipynb", "a_.ipynb"),
        ("\udcff.ipynb", "_.ipynb"),
        ("10:30 work.ipynb", "10_30 work.ipynb"),
        ('a*?"<>|b.ipynb', "a______b.ipynb"),
        ("mein\u00a0blatt.ipynb", "mein blatt.ipynb"),
        ("folder. /a.ipynb", "folder/a.ipynb"),
        ("U\u0308bung.ipynb", "Übung.ipynb"),
    ],
)
@pytest.mark.parametrize("kind", ["zip", "tar.gz"])
def test_odd_names_are_made_safe(folders, extract, name, safe, kind):
    """Control characters, what Windows forbids, no-break spaces, one normal form of Unicode."""
    if kind == "zip" and "\udcff" in name:
        pytest.skip("a zip file's name cannot be written so")
    content = zipped({name: "1"}) if kind == "zip" else tarred([(member(name), b"1")])
    (folders[0] / f"bob.{kind}").write_bytes(content)
    assert extract() == ({f"bob/{safe}": b"1"}, [])


@pytest.mark.parametrize("letter", ["a", "ü", "数"])
def test_long_names_are_cut(folders, extract, letter):
    """Those of files that begin and end alike stay several, and each keeps its ending."""
    names = [letter * 250 + end for end in ("1.ipynb", "2.ipynb", "3.ipynb.txt")]
    names += [f"{letter * 240}{middle}{letter * 99}.ipynb" for middle in "45"]
    (folders[0] / "bob.zip").write_bytes(zipped({name: name for name in names}))
    found, left_out = extract()
    assert sorted(text.decode() for text in found.values()) == sorted(names)
    assert [name.endswith((".ipynb", ".ipynb.txt")) for name in found] == [True] * 5
    assert max(len(name.encode()) for name in found) < 255
    assert left_out == []


def test_deep_paths_are_cut(folders, extract):
    """Systems take no longer ones."""
    name = "/".join([letter * 200 for letter in "abcdefghijklmnopqrstuvwxyz"] + ["a.ipynb"])
    (folders[0] / "bob.zip").write_bytes(zipped({name: "1"}))
    ((path, text),) = extract()[0].items()
    assert (text, path.count("/"), path[-8:]) == (b"1", 4, "/a.ipynb")


@pytest.mark.parametrize("name", [f"{'a/' * 700}a.ipynb", f"{'a/' * 30000}a.ipynb"])
def test_paths_of_many_folders_are_cut(folders, extract, name):
    """Our own walks and nbgrader's go down one by one, and some of those by recursion."""
    (folders[0] / "bob.zip").write_bytes(zipped({name: "1"}))
    assert extract() == ({"bob/a/a/a/a.ipynb": b"1"}, [])


@pytest.mark.usefixtures("removed")
def test_folders_nested_too_deep_keep_nobody_back(folders):
    """They are named, and all else is copied."""
    source, target = folders
    (source / "bob").mkdir()
    (source / "bob" / "hw.ipynb").write_text("1")
    nest(source / "bob", 3000)
    extractor = GuardedExtractor()
    extractor.extract(str(source), str(target))
    assert (target / "bob" / "hw.ipynb").read_text() == "1"
    [left_out] = extractor.extracted.not_extracted
    assert (left_out.path.parts[:2], left_out.why) == (
        ("bob", "a"),
        "folders may be nested 32 deep",
    )


def test_files_that_lie_there_have_the_room_of_an_archives(folders, extract):
    """Beyond it they are named, and a notebook always finds room."""
    (folders[0] / "bob").mkdir()
    for name in ("1", "2", "3", "hw.ipynb"):
        (folders[0] / "bob" / name).touch()
    found, [left_out] = extract(hand_in_files=2)
    assert {*found} == {"bob/1", "bob/2", "bob/hw.ipynb"}
    assert left_out.startswith("bob/3: there is no room for it")


def test_names_that_become_one_stay_two(folders, extract):
    """Such as one name in two normal forms."""
    (folders[0] / "bob.zip").write_bytes(zipped({"\u00fc.ipynb": "1", "u\u0308.ipynb": "2"}))
    assert extract() == ({"bob/ü.ipynb": b"1", "bob/ü~2.ipynb": b"2"}, [])


def test_names_in_utf_8_are_read_though_the_archive_does_not_say_so(folders, extract):
    """As macOS writes them."""
    content = zipped({"übung.ipynb": "1"})
    for mark, place in ((b"PK\x03\x04", 7), (b"PK\x01\x02", 9)):
        at = content.index(mark) + place
        content = content[:at] + bytes([content[at] & ~8]) + content[at + 1 :]
    (folders[0] / "bob.zip").write_bytes(content)
    assert list(extract()[0]) == ["bob/übung.ipynb"]


def test_programs_own_files_are_no_files(folders, extract):
    """They are neither extracted nor listed."""
    junk = ["__MACOSX/._a.ipynb", "@eaDir/a.ipynb/x", ".DS_Store", "x/Thumbs.db", "~$a.docx",
            ".ipynb_checkpoints/a-checkpoint.ipynb", "._a.ipynb", ".git/config"]  # fmt: skip
    (folders[0] / "bob.zip").write_bytes(zipped({"a.ipynb": "1"} | dict.fromkeys(junk, "2")))
    for name in ("@eaDir/bob.zip", ".DS_Store"):
        (folders[0] / name).parent.mkdir(exist_ok=True)
        (folders[0] / name).write_bytes(b"3")
    assert extract() == ({"bob/a.ipynb": b"1"}, [])


@pytest.mark.parametrize(
    "name", ["ann.ZIP", "ann.Tar.GZ", "ann.tgz", "ann.tar.xz", "ann.txz", "ann.tar.bz2", "ann.tbz2",
             "ann.tar"]
)  # fmt: skip
def test_archives_of_any_kind_are_extracted(folders, extract, name):
    """By what they are, however their ending is written."""
    kind = name.lower()
    mode = "w:gz" if "gz" in kind else "w:xz" if "xz" in kind else "w:bz2" if "bz" in kind else "w:"
    whole = tarred([(member("a.ipynb"), b"1")], mode)
    (folders[0] / name).write_bytes(zipped({"a.ipynb": "1"}) if kind.endswith("zip") else whole)
    assert extract() == ({"ann/a.ipynb": b"1"}, [])


def test_the_endings_of_archives_are_a_setting(folders, extract):
    """nbgrader's own: what it does not name is copied as it is."""
    for name in ("ann.zip", "bob.ZIP", "cem.tar"):
        whole = tarred([(member("a"), b"1")], "w:") if "tar" in name else zipped({"a": "1"})
        (folders[0] / name).write_bytes(whole)
    found, left_out = extract(zip_ext=[".zip"])
    assert (sorted(found), left_out) == (["ann/a", "bob/a", "cem.tar"], [])


def test_a_notebook_that_is_compressed_is_extracted(folders, extract):
    """By each of the programs that compress one file."""
    (folders[0] / "ann.ipynb.xz").write_bytes(lzma.compress(b"1"))
    assert extract() == ({"ann.ipynb/ann.ipynb": b"1"}, [])


@pytest.mark.parametrize(
    ("name", "content", "reported"),
    [
        ("a.rar", b"Rar!\x1a\x07\x01\0", "a RAR archive"),
        ("a.zip", b"Rar!\x1a\x07\x01\0", "a RAR archive"),
        ("a.7z", b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
        ("a.7Z", b"?", "a 7-Zip archive"),
        ("a.tar.zst", b"\x28\xb5\x2f\xfd", "a Zstandard archive"),
        ("a.part1.rar", b"?", "a part of an archive that was split"),
        ("a.zip.001", b"PK", "a part of an archive that was split"),
    ],
)
def test_other_archives_are_named_as_what_they_are(folders, extract, name, content, reported):
    """With what to do, and they stay there to be opened by hand."""
    (folders[0] / "m.zip").write_bytes(zipped({name: content, "b.ipynb": "2"}))
    found, [left_out] = extract()
    assert found == {f"m/{name}": content, "m/b.ipynb": b"2"}
    assert left_out.startswith(f"m/{name}: it is {reported}")
    assert "ask for a zip file, or extract it" in left_out


def test_an_archive_with_another_ones_name_is_extracted(folders, extract):
    """What is named .rar may be a zip file."""
    (folders[0] / "ann.rar").write_bytes(zipped({"a.ipynb": "1"}))
    assert extract() == ({"ann/a.ipynb": b"1"}, [])


def test_a_tar_file_that_ends_with_a_zip_file_is_a_tar_file(folders, extract):
    """zipfile looks at a file's end alone."""
    members = [(member("a.ipynb"), b"1"), (member("b.zip"), zipped({"b.ipynb": "2"}))]
    (folders[0] / "all.tar").write_bytes(tarred(members, "w:"))
    found, _ = extract()
    assert (found["all/a.ipynb"], found["all/b/b.ipynb"]) == (b"1", b"2")


def test_two_archives_of_one_name_do_not_mix(folders, extract):
    """Nor does an archive with the folder of its name."""
    for kind, content in (("zip", zipped({"a": "1"})), ("tgz", tarred([(member("a"), b"2")]))):
        (folders[0] / f"ann.{kind}").write_bytes(content)
    assert extract() == ({"ann/a": b"2", "ann~2/a": b"1"}, [])


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
    assert sum("it is a link or no ordinary file" in text for text in refused) == 5
    assert sum(LINK in text or NO_FILE in text for text in refused) == 2


MOODLE = "{}_{}_assignsubmission_file_"


@pytest.mark.parametrize("kind", ["zip", "tar.gz", "tar.xz", "ipynb.gz"])
def test_bombs_are_stopped(folders, extract, kind):
    """What grows beyond its room is not written, and takes nobody else's."""
    zeros = bytes(2**24)
    bomb = {
        "zip": lambda: zipped({"z.ipynb": zeros}),
        "tar.gz": lambda: tarred([(member("z.ipynb"), zeros)]),
        "tar.xz": lambda: tarred([(member("z.ipynb"), zeros)], "w:xz"),
        "ipynb.gz": lambda: gzip.compress(zeros),
    }
    folder = MOODLE.format("Ann", 1)
    whole = {f"{folder}/a.{kind}": bomb[kind](), f"{MOODLE.format('Bob', 2)}/b.ipynb": "2"}
    (folders[0] / "m.zip").write_bytes(zipped(whole))
    found, [left_out] = extract(hand_in_size=3)
    assert set(found) == {f"m/{name}" for name in whole}
    assert "3 MiB" in left_out
    assert left_out.startswith(f"m/{folder}/a")


def test_bombs_in_bombs_share_their_room(folders, extract):
    """Ten archives in one may not become ten times as much."""
    inner = zipped({"z.ipynb": bytes(2**20)})
    (folders[0] / "ann.zip").write_bytes(zipped({f"{n}.zip": inner for n in range(10)}))
    found, left_out = extract(hand_in_size=3)
    assert sum(name.endswith("z.ipynb") for name in found) == 2
    assert len(left_out) == 8


def test_room_belongs_to_each_hand_in(folders, extract):
    """Not to the download: its own follows from how many hand in."""
    names = [f"{MOODLE.format('A', n)}/a.ipynb" for n in range(9)]
    (folders[0] / "m.zip").write_bytes(zipped(dict.fromkeys(names, bytes(2**20))))
    found, left_out = extract(hand_in_size=1, hand_in_files=1)
    assert (len(found), left_out) == (9, [])


def test_a_whole_download_can_be_limited(folders, extract):
    """By a setting, which the message names."""
    names = [f"{MOODLE.format('A', n)}/a.ipynb" for n in range(9)]
    (folders[0] / "m.zip").write_bytes(zipped(dict.fromkeys(names, bytes(2**20))))
    found, left_out = extract(download_size=4)
    assert (len(found), len(left_out)) == (4, 5)
    assert "GuardedExtractor.download_size" in left_out[0]


def test_two_thousand_files_take_nobody_elses_room(folders, extract):
    """And the notebook comes before all of them."""
    empty = {f"{n}.txt": b"" for n in range(9)} | {"z.ipynb": "1"}
    whole = {
        f"{MOODLE.format('Ann', 1)}/a.zip": zipped(empty),
        f"{MOODLE.format('Bob', 2)}/b.ipynb": "2",
    }
    (folders[0] / "m.zip").write_bytes(zipped(whole))
    found, left_out = extract(hand_in_files=3)
    assert [found[f"m/{MOODLE.format('Ann', 1)}/a/z.ipynb"], len(found)] == [b"1", 4]
    assert len(left_out) == 8


def test_a_large_file_beside_the_notebook_keeps_nothing_back(folders, extract):
    """What is too large is left out alone."""
    whole = {"data.csv": bytes(2**22), "a.ipynb": "1", "b.txt": "2"}
    (folders[0] / "ann.zip").write_bytes(zipped(whole))
    found, [left_out] = extract(hand_in_size=3)
    assert found == {"ann/a.ipynb": b"1", "ann/b.txt": b"2"}
    assert left_out.startswith("ann/data.csv")


def test_a_full_disk_is_nobodys_fault(folders, extract, monkeypatch):
    """The run ends before anything is collected."""

    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    (folders[0] / "ann.zip").write_bytes(zipped({"a.ipynb": "1"}))
    monkeypatch.setattr(target_folder.shutil, "copyfileobj", full)
    with pytest.raises(target_folder.DiskFullError, match="make room, and collect again"):
        extract()


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
    assert all("ask for it again" in why for why in refused)


def test_a_broken_member_keeps_the_others(folders, extract):
    """What does not match its checksum is refused, and not left half-written."""
    (folders[0] / "ann.zip").write_bytes(broken_member())
    found, [refused] = extract()
    assert found == {"ann/b.ipynb": b"2"}
    assert refused.startswith("ann/a.ipynb: it is damaged")


def test_an_encrypted_member_is_refused(folders, extract):
    """Nobody is asked for a password."""
    content = bytearray(zipped({"a.ipynb": "1"}))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(mark) + offset] |= 1
    (folders[0] / "ann.zip").write_bytes(bytes(content))
    found, [refused] = extract()
    assert found == {}
    assert "it needs a password: ask for it without one" in refused


def test_a_name_counts_once(folders, extract):
    """A second file of a name, or a file where a folder is, does not replace the first."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as file:
        for name, text in (("a/b", "1"), ("a", "2"), ("a/x", "3"), ("a/b/c", "4")):
            file.writestr(name, text)
    twice = content.getvalue().replace(b"a/x", b"a/b")
    (folders[0] / "ann.zip").write_bytes(twice)
    found, refused = extract()
    assert found == {"ann/a/b": b"1", "ann/a~2": b"2"}
    assert len(refused) == 2


def test_nbgraders_own_command_uses_it(tmp_path):
    """`nbgrader zip_collect` goes on where an archive is bad, and collects the others."""
    (tmp_path / "nbgrader_config.py").write_text(
        (PROJECT / "nbgrader_config.py").read_text(encoding="utf-8")
        + 'c.FileNameCollectorPlugin.named_regexp = r".*/(?P<student_id>\\w+)/(?P<file_id>\\w+)"\n'
    )
    (tmp_path / "tests" / "hidden" / "tiny").mkdir(parents=True)
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
    assert done.returncode == 1, done.stdout
    assert "its name leads out of the folder" in done.stdout
    assert "2 hand-ins left out" in done.stdout
    assert "Left out: cem: handed in cem.zip: it is no archive" in done.stdout
    assert [str(p.relative_to(tmp_path)) for p in tmp_path.glob("submitted/*/*/*")] == [
        "submitted/ann/tiny/tiny.ipynb"
    ]

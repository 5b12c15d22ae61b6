"""Files are set aside if nbgrader would follow them, wait for them or fail on them."""

import os
import shutil
import socket

import pytest
from nbgrader.utils import find_all_files

from autograder.collect.placing import replacing
from autograder.files.ordinary_file import NO_FILE
from autograder.intake import refusal
from autograder.intake.refusal import EXTRAS, PLACE, beside, remarks, set_aside
from tests.autograder.support.shape import nest, spread

IGNORED = [".*", "*.ipynb"]


@pytest.fixture
def source(tmp_path):
    folder = tmp_path / "source" / "tiny"
    (folder / "layers").mkdir(parents=True)
    (folder / "layers" / "linear.py").touch()
    (folder / "given.py").touch()
    return folder


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "submitted" / "ann" / "tiny"
    folder.mkdir(parents=True)
    (folder / "tiny.ipynb").touch()
    return folder


def put_in_order(folder, source):
    """Set aside twice, as grading twice does; return the remarks, which must stay the same."""
    set_aside(folder, source)
    reported = remarks(folder, source)
    set_aside(folder, source)
    assert remarks(folder, source) == reported
    return reported


def test_what_is_in_order_stays(folder, source):
    """Files and folders of the student's, and a time of handing in, are left where they are."""
    (folder / "layers").mkdir()
    (folder / "layers" / "linear.py").write_text("x = 1")
    (folder / "data.csv").touch()
    (folder / "timestamp.txt").write_text("2026-01-01 10:00:00 UTC")
    assert put_in_order(folder, source) == []
    assert not (folder / PLACE).exists()


@pytest.mark.parametrize("target", ["/etc/passwd", "/etc", "nowhere", ".", "loop", "/dev/zero"])
def test_links_are_set_aside(folder, source, target):
    """A link is kept as it is, at its place below `.refused`."""
    (folder / "deep").mkdir()
    (folder / "deep" / "loop").symlink_to(target)
    assert put_in_order(folder, source) == [
        "`deep/loop` was set aside: it is a link: only ordinary files are graded"
    ]
    assert os.readlink(folder / PLACE / "deep" / "loop") == target  # noqa: PTH115  # as text, not as a path


def bind(path):
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(os.path.relpath(path))


def test_only_the_staff_reads_what_was_put_there_by_hand(folder, source):
    """Only its owner and group, with any initial rights."""
    (folder / "data").mkdir()
    (folder / "data" / "x").touch()
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o777)
    set_aside(folder, source)
    assert {path.stat().st_mode & 0o777 for path in (folder, *folder.rglob("*"))} == {0o770}


@pytest.mark.parametrize("make", [os.mkfifo, bind])
def test_special_files_are_set_aside(folder, source, make, monkeypatch):
    """nbgrader would wait for a file that cannot be read."""
    monkeypatch.chdir(folder)
    make(folder / "x")
    assert put_in_order(folder, source) == [f"`x` was set aside: {NO_FILE}"]


@pytest.mark.parametrize(
    "stamp",
    [
        b"",
        b" \n",
        b"noon",
        b"12",
        b"10:00",
        b"2036-01-01 00:00:00 UTC",
        b"1970-01-01 00:00:00 UTC",
        b"\xff\xfe\0",
        b"99999-01-01",
        b"2026-13-45 10:00:00 UTC",
        b"2026-01-01 " * 1000,
        b"0001-01-01 00:00:00 +2359",
    ],
)
def test_a_time_that_is_none_is_set_aside(folder, source, stamp):
    """nbgrader would end the whole class at it; without it, nothing counts as late."""
    (folder / "timestamp.txt").write_bytes(stamp)
    [reported] = put_in_order(folder, source)
    assert reported.startswith("`timestamp.txt` was set aside: it must hold the date and time")
    assert (folder / PLACE / "timestamp.txt").read_bytes() == stamp


def test_what_differs_in_kind_from_the_assignments_files_is_set_aside(folder, source):
    """A file where the assignment has a folder, and the other way round, cannot be written over."""
    (folder / "layers").write_text("x")
    (folder / "given.py").mkdir()
    (folder / "given.py" / "a").touch()
    assert put_in_order(folder, source) == [
        "`given.py` was set aside: it should be a file, as in the assignment",
        "`layers` was set aside: it should be a folder, as in the assignment",
    ]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_what_may_not_be_read_is_set_aside(folder, source):
    """A file that cannot be copied would cost the student the grade."""
    (folder / "secret").touch(mode=0)
    assert put_in_order(folder, source) == ["`secret` was set aside: only its owner may read it"]


def test_too_much_is_set_aside_as_a_whole(folder, source, monkeypatch):
    """Where the other files are too many, too large or nested too deep, they all make way."""
    reported = "the files beside the notebook were set aside: they are more than 2000"
    (folder / "timestamp.txt").write_text("2026-01-01")
    with (folder / "large").open("wb") as file:
        file.truncate(refusal.MAX_SIZE + 1)
    [remark] = put_in_order(folder, source)
    assert remark.startswith(reported)
    assert {path.name for path in folder.iterdir()} == {"tiny.ipynb", "timestamp.txt", PLACE}


@pytest.mark.usefixtures("removed")
@pytest.mark.parametrize("within", [".", ".hidden", PLACE, "visible"])
@pytest.mark.parametrize(("name", "depth"), [("a", 3000), ("n" * 250, 20)])
def test_what_is_nested_too_deep_lies_where_nbgrader_does_not_walk(
    folder, source, within, name, depth
):
    """nbgrader walks through ignored folders too, by recursion."""
    (folder / within).mkdir(exist_ok=True)
    nest(folder / within, depth, name)
    [remark] = put_in_order(folder, source)
    assert "nested too deep" in remark
    assert {path.name for path in folder.rglob("*")} == {"tiny.ipynb", PLACE, EXTRAS}


@pytest.mark.parametrize("within", [".", ".hidden", PLACE, "visible/.hidden"])
def test_too_many_folders_lie_where_nbgrader_does_not_walk(folder, source, within):
    """Its time grows with the square of their number, even in ignored folders."""
    (folder / within).mkdir(parents=True, exist_ok=True)
    spread(folder / within, refusal.MAX_FILES + 1)
    [remark] = put_in_order(folder, source)
    assert remark.startswith("the files beside the notebook were set aside")
    assert {path.name for path in folder.rglob("*")} == {"tiny.ipynb", PLACE, EXTRAS}
    names = {path.name for path in (beside(folder) / EXTRAS).rglob("*")}
    assert {"0", str(refusal.MAX_FILES)} <= names


def test_extras_of_an_earlier_submission_go_when_another_takes_its_place(folder, source):
    """By hand, and with too much again: else two submissions would be one."""
    spread(folder, refusal.MAX_FILES + 1, "old")
    set_aside(folder, source)
    shutil.rmtree(folder)
    folder.mkdir()
    assert remarks(folder, source) == []
    spread(folder, refusal.MAX_FILES + 1, "new")
    set_aside(folder, source)
    names = {path.name[:3] for path in (beside(folder) / EXTRAS).iterdir()}
    assert names == {"new"}


def test_a_new_submission_takes_away_what_lay_beside_the_earlier_one(folder, source):
    """The new submission has no remark on it."""
    spread(folder, refusal.MAX_FILES + 1)
    set_aside(folder, source)
    with replacing(folder) as new:
        (new / "tiny.ipynb").touch()
    assert not beside(folder).exists()
    assert remarks(folder, source) == []


def test_a_folder_is_renamed_with_what_lies_beside_it(folder, source):
    """The remarks stay the same; without extras, only the folder is renamed."""
    spread(folder, refusal.MAX_FILES + 1)
    set_aside(folder, source)
    before = remarks(folder, source)
    new = folder.parent.with_name("anna") / folder.name
    new.parent.mkdir()
    refusal.rename(folder, new)
    assert remarks(new, source) == before != []
    assert not beside(folder).exists()
    shutil.rmtree(beside(new))
    refusal.rename(new, folder)
    assert {path.name for path in folder.parent.iterdir()} == {folder.name}


def test_nbgrader_does_not_see_what_was_set_aside(folder, source):
    """nbgrader copies no file from `.refused`."""
    (folder / "a").mkdir()
    for name in ("pipe", "a/pipe", ".pipe"):
        os.mkfifo(folder / name)
    put_in_order(folder, source)
    assert find_all_files(str(folder), IGNORED) == []


def test_in_a_path_that_nbgrader_takes_for_a_pattern_things_go_beside(tmp_path, source):
    """It ignores nothing there, so refused files lie outside, and hidden files count too."""
    folder = tmp_path / "submitted" / "[ann]" / "tiny"
    (folder / ".git").mkdir(parents=True)
    os.mkfifo(folder / ".git" / "pipe")
    assert put_in_order(folder, source) == [f"`.git/pipe` was set aside: {NO_FILE}"]
    assert find_all_files(str(folder), IGNORED) == []


@pytest.mark.parametrize("what", ["file", "link"])
def test_a_folder_that_is_none_becomes_one(folder, source, what):
    """A file or a link in the folder's place lies in the folder's `.refused`, then."""
    (folder / "tiny.ipynb").unlink()
    folder.rmdir()
    if what == "file":
        folder.write_text("x")
    else:
        folder.symlink_to("/etc")
    [reported] = put_in_order(folder, source)
    assert reported.startswith("`tiny` was set aside: ")
    assert folder.is_dir()
    assert not folder.is_symlink()


@pytest.mark.parametrize("what", ["file", "link", "folder"])
def test_our_own_place_may_be_taken(folder, source, what):
    """A student's file with the name of our folder does no harm."""
    if what == "folder":
        (folder / PLACE / "x").mkdir(parents=True)
    elif what == "file":
        (folder / PLACE).touch()
    else:
        (folder / PLACE).symlink_to("/etc")
    (folder / "link").symlink_to("/")
    reported = put_in_order(folder, source)
    assert "`link` was set aside" in reported[-1]
    assert (folder / PLACE / "link").is_symlink()


def test_names_that_no_text_can_hold_are_shown(folder, source):
    """A remark can be written to any file, and keeps to its line."""
    (folder / os.fsdecode(b"\xff\n`x`" + b"y" * 200)).symlink_to("/")
    [reported] = put_in_order(folder, source)
    reported.encode()
    assert len(reported.splitlines()) == 1
    assert len(reported) < 250


def test_the_remarks_are_a_few(folder, source):
    """Of a thousand links, some are named and the others counted."""
    for number in range(1000):
        (folder / f"{number:04}").symlink_to("/")
    reported = put_in_order(folder, source)
    assert len(reported) == refusal.MAX_REMARKS + 1
    assert reported[-1] == "980 more files were set aside"


def test_nothing_is_lost_by_a_second_refusal_of_the_same_name(folder, source):
    """A later file goes beside an earlier one."""
    for target in ("/etc", "/dev"):
        (folder / "x").symlink_to(target)
        set_aside(folder, source)
    assert {os.readlink(p) for p in (folder / PLACE).iterdir()} == {"/etc", "/dev"}  # noqa: PTH115  # as text, not as a path

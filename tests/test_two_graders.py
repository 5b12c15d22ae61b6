"""Two graders of one course, run as two users: nobody's grade is lost to the other's lack of rights."""

import os
import shutil
import sys
import tempfile
from pathlib import Path

import pytest

from tests import users
from tests.autograder.support.course import opened
from tests.autograder.support.tiny import IDENTITY, make_course
from tests.left_behind import files, rows
from tests.users import ANN, BEN, GROUP, run_as

STUDENT = 61_503

pytestmark = pytest.mark.xdist_group("two_graders")  # one course is made for all of these

GRADE = ["autograder", "grade", "tiny", "--workers", "1", "--force"]
AUTOGRADE = ["nbgrader", "autograde", "tiny", "--force"]


class Shared:
    """A course in a folder that any user can enter."""

    def __init__(self, root):
        self.root = root

    def run(self, user, *words, code=0):
        """Run a command as a user; return what it prints."""
        done = run_as(
            user,
            [sys.executable, "-m", *words],
            self.root,
            JUPYTER_CONFIG_DIR=str(self.root),
            COLUMNS="300",
        )
        printed = done.stdout + done.stderr
        assert done.returncode == code, printed[-3000:]
        return printed

    def belongs_to(self, user, mode):
        """Give the course's folders to a user, and to the group with these rights on them."""
        for folder, _, names in os.walk(self.root):
            os.chown(folder, user, GROUP)
            Path(folder).chmod(mode)
            for name in names:
                os.chown(Path(folder, name), user, GROUP)
                Path(folder, name).chmod(0o644 | mode & 0o020)

    def share(self):
        with (self.root / "nbgrader_config.py").open("a", encoding="utf-8") as file:
            file.write("\nc.CourseDirectory.groupshared = True\n")

    @property
    def state(self):
        return rows(self.root / "gradebook.db"), files(self.root)

    def not_shared(self):
        """Return what the group may not change of what lies in the course."""
        return [
            str(path.relative_to(self.root))
            for path in self.root.rglob("*")
            if path.stat().st_mode & (0o2070 if path.is_dir() else 0o060)
            != (0o2070 if path.is_dir() else 0o060)
        ]


@pytest.fixture(scope="module")
def handed_in(empty_gradebook, grading_process):
    """A course in which two students have handed in, which belongs to nobody yet."""
    users.require()
    place = Path(tempfile.mkdtemp(prefix="two-graders-"))
    place.chmod(0o755)
    with opened(make_course(place / "handed_in"), empty_gradebook, grading_process) as course:
        course.hand_in("ada")
        course.hand_in("bob", IDENTITY)
    yield place
    shutil.rmtree(place)


@pytest.fixture
def course(handed_in):
    """A copy of the course."""
    root = handed_in / "course"
    shutil.copytree(handed_in / "handed_in", root)
    yield Shared(root)
    for path in handed_in.iterdir():
        if path.name != "handed_in":
            shutil.rmtree(path)


def test_a_grader_without_the_rights_changes_nothing(course):
    """The message says whose the folder is and what they do; both stores stay as they were."""
    course.belongs_to(ANN, 0o755)
    course.run(ANN, *GRADE)
    for path in (course.root, course.root / "gradebook.db"):  # but not what was graded
        path.chmod(path.stat().st_mode | 0o070)
    before = course.state
    for words in (GRADE, AUTOGRADE):
        printed = course.run(BEN, *words, code=1)
        assert f"belongs to user {ANN} and the group {GROUP}: its owner runs `chmod" in printed
        assert "groupshared = True" in printed
        assert "Traceback" not in printed
        assert course.state == before, words


def test_a_sticky_folder_keeps_what_another_has_graded(course):
    """There only the owner may rename a folder, whatever the group may do."""
    course.share()
    course.belongs_to(ANN, 0o2775)
    course.run(ANN, *GRADE)
    for student in ("ada", "bob"):
        (course.root / "autograded" / student).chmod(0o3775)
    before = course.state
    for words in (GRADE, AUTOGRADE):
        assert "sticky bit" in course.run(BEN, *words, code=1)
        assert course.state == before, words


def test_two_graders_share_a_course(course):
    """Whatever one of them has written, the other can write anew, and the first one again."""
    course.share()
    course.belongs_to(ANN, 0o2775)
    for user in (ANN, BEN):
        assert "2 graded" in course.run(user, *GRADE)
        course.run(user, *AUTOGRADE)
        course.run(user, "nbgrader", "generate_feedback", "tiny", "--force")
        course.run(user, "nbgrader", "export")
        course.run(user, "autograder", "report", "tiny")
        assert course.not_shared() == []
    assert "2 graded" in course.run(ANN, *GRADE)


@pytest.fixture
def exchange(course):
    """The folder of the exchange in which a student hands in, as a user who is no grader."""
    inbound = course.root.parent / "exchange" / "deep_learning" / "inbound"
    inbound.mkdir(parents=True)
    for folder in (inbound.parents[1], inbound.parent, inbound):
        folder.chmod(0o777)
    with (course.root / "nbgrader_config.py").open("a", encoding="utf-8") as file:
        file.write(f"c.Exchange.root = {str(inbound.parents[1])!r}\n")
        file.write("c.ExchangeCollect.check_owner = False\n")  # these users have no accounts
    return inbound


def hand_in(exchange, student, stamp, text, *, mode=0o755):
    """Put a hand-in into the exchange, as its student's own, and return it."""
    folder = exchange / f"{student}+tiny+{stamp}+x"
    folder.mkdir()
    (folder / "tiny.ipynb").write_text(text)
    (folder / "timestamp.txt").write_text(stamp)
    for path in (*folder.iterdir(), folder):
        os.chown(path, STUDENT, STUDENT)
    folder.chmod(mode)
    return folder


def test_two_graders_collect_from_one_exchange(course, exchange):
    """What one has collected the other replaces, when the student has handed in again."""
    course.share()
    course.belongs_to(ANN, 0o2775)
    collected = course.root / "submitted" / "cem" / "tiny"
    for user, day in ((ANN, 1), (BEN, 2), (ANN, 3)):
        hand_in(exchange, "cem", f"2026-05-0{day} 10:00:00 UTC", f"{day}")
        course.run(user, "nbgrader", "collect", "tiny", "--update")
        assert (collected / "tiny.ipynb").read_text() == f"{day}"
        assert collected.stat().st_uid == user
        assert course.not_shared() == []
        assert not [path for path in collected.rglob("*") if path.stat().st_mode & 0o007]


def test_what_only_its_owner_may_read_is_not_collected(course, exchange):
    """A folder or a file without rights is named, and the others are collected."""
    course.belongs_to(ANN, 0o755)
    closed = hand_in(exchange, "bob", "2026-05-01 10:00:00 UTC", "b", mode=0)
    (hand_in(exchange, "cem", "2026-05-01 10:00:00 UTC", "c") / "tiny.ipynb").chmod(0)
    hand_in(exchange, "dan", "2026-05-01 10:00:00 UTC", "d")
    before = (course.root / "submitted" / "bob" / "tiny" / "tiny.ipynb").read_bytes()
    printed = course.run(ANN, "nbgrader", "collect", "tiny", "--update", code=1)
    assert f"Left out: bob: handed in {closed.name}: only its owner may read it" in printed
    assert "Left out: cem:" in printed
    assert "tiny.ipynb: only its owner may read it" in printed
    assert "Traceback" not in printed
    assert (course.root / "submitted" / "dan" / "tiny" / "tiny.ipynb").read_text() == "d"
    assert (course.root / "submitted" / "bob" / "tiny" / "tiny.ipynb").read_bytes() == before
    assert not (course.root / "submitted" / "cem").exists()


@pytest.mark.parametrize(
    ("name", "code", "told"),
    [
        ("", 1, "is not graded ([Errno 13] only its owner may read it)"),
        ("tiny.ipynb", 0, "ada: 0 of 2 points, could not be read"),
    ],
    ids=["folder", "notebook"],
)
def test_a_submission_that_its_grader_may_not_read_ends_no_others_grading(course, name, code, told):
    """Another user has put it there, with no rights."""
    course.belongs_to(ANN, 0o755)
    closed = course.root / "submitted" / "ada" / "tiny" / name
    os.chown(closed, STUDENT, STUDENT)
    closed.chmod(0)
    printed = course.run(ANN, *GRADE, code=code)
    assert told in printed
    assert "bob: 0 of 2 points, graded" in printed

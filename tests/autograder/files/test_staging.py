"""A graded folder takes an earlier one's place whole, together with its scores, or not at all."""

import shutil
from contextlib import contextmanager
from pathlib import Path

import pytest
from nbgrader.converters.base import BaseConverter

from autograder.class_run import class_run, submission_writer
from autograder.files.staging import Staging
from autograder.gradebook.score_entry import ScoreEntry
from tests.autograder.support.tiny import IDENTITY, RIGHT
from tests.left_behind import files, rows

FULL = OSError(28, "No space left on device")


@pytest.fixture
def course(tiny_course):
    return tiny_course


@pytest.fixture(params=["autograder grade", "nbgrader autograde"])
def grade_anew(request, course, grade):
    """A function that grades the class in each of the two ways; it returns whether all went well."""
    if request.param == "autograder grade":
        return lambda: grade("--force").code == 0
    return lambda: course.grade()["success"]


@pytest.fixture
def again(course):
    """A course in which a wrong answer was graded, and a right one handed in since."""
    course.hand_in("ann", IDENTITY, stamp="2026-01-01 10:00:00")
    assert course.grade()["success"]
    course.hand_in("ann", RIGHT, stamp="2026-01-02 10:00:00")
    return course


def state(course):
    return rows(course.root / "gradebook.db"), files(course.root)


def fail(*_args, **_more):
    raise FULL


def fail_after(do):
    """Return what does something, and then fails."""

    def done(*args, **more):
        do(*args, **more)
        fail()

    return done


def fail_to_rename(step):
    """Return a `Path.rename` that fails where a folder is set aside, or where the new one is put."""
    rename = Path.rename

    def renamed(path, target):
        if step in (path.parts[-3], target.parts[-3]) and path.name == "tiny":
            # and once only: it can be taken back
            step_done.append(path)
            if len(step_done) == 1:
                fail()
        return rename(path, target)

    step_done = []
    return renamed


def fail_to_commit(transaction):
    """Return a transaction that fails at its end."""

    @contextmanager
    def failing(gradebook):
        with transaction(gradebook):
            yield
            fail()

    return failing


FAILURES = {
    "the rights are not set": lambda patch: patch.setattr(BaseConverter, "set_permissions", fail),
    "no scores are entered": lambda patch: patch.setattr(
        ScoreEntry, "enter", fail_after(ScoreEntry.enter)
    ),
    "the earlier one stays": lambda patch: patch.setattr(Path, "rename", fail_to_rename("old")),
    "the new one stays": lambda patch: patch.setattr(Path, "rename", fail_to_rename("new")),
    "nothing is committed": lambda patch: [
        patch.setattr(module, "transaction", fail_to_commit(module.transaction))
        for module in (class_run, submission_writer)
    ],
}


@pytest.mark.unmeasured
@pytest.mark.parametrize("what", FAILURES)
def test_what_fails_leaves_the_earlier_grade_whole(again, grade_anew, monkeypatch, what):
    """Folder, report and gradebook are as they were, with nothing beside; the next run grades anew."""
    before = state(again)
    with monkeypatch.context() as patch:
        FAILURES[what](patch)
        assert not grade_anew()
    assert state(again) == before
    assert grade_anew()
    assert again.marks("ann") == (2.0, None, False)


def test_where_no_folder_can_be_made_nothing_changes(again, grade, monkeypatch):
    """The message says why, and what to look at."""
    before = state(again)
    with monkeypatch.context() as patch:
        patch.setattr(Staging, "begin", fail)
        ran = grade()
    assert (
        "ann: [Errno 28] No space left on device: check the permissions and the free space"
        in ran.out
    )
    assert ran.code == 1
    assert state(again) == before


@pytest.mark.parametrize("what", ["no scores are entered", "the new one stays"])
def test_what_fails_the_first_time_leaves_nothing(course, grade_anew, monkeypatch, what):
    """Where there was no grade, there is none, and no folder."""
    course.hand_in("ann")
    with monkeypatch.context() as patch:
        FAILURES[what](patch)
        assert not grade_anew()
    assert {*files(course.root)} <= {"autograded/ann"}
    assert rows(course.root / "gradebook.db")["grade"] == []
    assert grade_anew()


# what a killed grader leaves in `autograded/`: how the folder of the run is filled
KILLED = {
    "while the new one was made": lambda course, area: shutil.copytree(
        course.graded("ann"), area / "new" / "ann" / "tiny"
    ),
    "between the two moves": lambda course, area: moved(
        course.graded("ann"), area / "old" / "ann" / "tiny"
    ),
    "before the earlier one was removed": lambda course, area: shutil.copytree(
        course.graded("ann"), area / "old" / "ann" / "tiny"
    ),
}


def moved(source, target):
    target.parent.mkdir(parents=True)
    source.rename(target)


@pytest.mark.parametrize("way", ["autograder grade", "nbgrader autograde"])
@pytest.mark.parametrize("when", KILLED)
def test_what_a_killed_grader_leaves_is_graded_again(course, grade, when, way):
    """The next run puts back what was set aside, grades anew without `--force`, and tidies up."""
    course.hand_in("ann")
    assert course.grade()["success"]
    whole = state(course)
    course.mark_by_hand("ann", 0.5)
    KILLED[when](course, course.root / "autograded" / ".unfinished-0123abcd")
    if way == "autograder grade":
        assert "1 graded" in grade().out
    else:
        assert course.grade(force=False)["success"]
    assert course.marks("ann") == (2.0, 0.5, True)
    assert state(course)[1] == whole[1]


def test_what_another_grader_is_making_is_left_alone(course):
    """Its folder is held by a lock as long as it needs it."""
    course.hand_in("ann")
    other = Staging(course.coursedir)
    folder = other.begin("ann")
    folder.mkdir()
    assert course.grade()["success"]
    assert folder.is_dir()
    other.discard()
    assert {*course.root.glob("autograded/*")} == {course.root / "autograded" / "ann"}


@pytest.mark.parametrize(
    "structure",
    [
        "{nbgrader_step}/{student_id}/{assignment_id}",
        "{student_id}/{nbgrader_step}/{assignment_id}",
        "{assignment_id}/{student_id}/{nbgrader_step}",
    ],
)
def test_a_course_may_have_any_structure(tmp_path, course, structure):
    """What is made lies beside its place, and what was set aside is found again."""
    course.coursedir.directory_structure = structure
    place = Path(course.coursedir.format_path("autograded", "ann", "tiny"))
    place.mkdir(parents=True)
    (place / "old").touch()
    made = Staging(course.coursedir)
    new = made.begin("ann")
    new.mkdir()
    with made.replacing("ann") as replace:
        replace()
    made.discard()
    assert place.is_dir()
    assert not (place / "old").exists()
    assert [path for path in course.root.rglob("*") if ".unfinished" in path.name] == []

"""The intake: every submission is graded or has a reason, and none of them ends the run."""

import logging
import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import nbformat
import pytest
from nbgrader.converters.base import NbGraderException

from autograder.class_run import nbgrader_plugins
from autograder.course import gradebook
from autograder.gradebook.entry import NOT_GRADED
from autograder.grading import graded
from autograder.intake import handed_in as handed_in_module
from autograder.intake import intake, restoration
from autograder.intake.intake import Intake
from autograder.results.report import KEY, Status, report_in
from autograder.sandbox import probe
from tests.autograder.support.tiny import IDENTITY, RIGHT
from tests.conftest import PROJECT
from tests.left_behind import files, rows


@pytest.fixture
def course(tiny_course):
    return tiny_course


def left_behind(course):
    return rows(course.root / "gradebook.db"), files(course.root)


def look(course):
    """Make an intake, as nbgrader does, and return it."""
    return Intake(course.converter)


def test_the_manifest_limits_the_size_of_a_notebook(course):
    """In whole MiB: a file of 2 MiB is read or not, as `notebook_mb` says."""
    path = course.hand_in("ann") / "tiny.ipynb"
    path.write_text(path.read_text() + " " * 2**21)
    assert "unreadable" not in look(course).handed_in(path).read()[1]
    (course.assignment.hidden / "manifest.toml").write_text("[limits]\nnotebook_mb = 2")
    told = look(course).handed_in(path).read()[1]["unreadable"]
    assert told.startswith("the file must be smaller than 2 MiB: clear the notebook's outputs")


# ---- by way of the Formgrader


def test_a_folder_without_a_notebook_is_graded_with_the_class(course):
    """If nbgrader finds nothing to convert, the student sees the reason, and no old grade."""
    folder = course.hand_in("ann")
    course.hand_in("bob")
    assert course.grade()["success"]
    assert course.marks("ann") == (2.0, None, False)
    (folder / "tiny.ipynb").unlink()
    assert course.grade()["success"]
    assert course.marks("ann") == (0.0, None, False)
    assert course.marks("bob") == (2.0, None, False)
    assert course.entry("ann").status == Status.UNREADABLE
    assert "there is no notebook tiny.ipynb" in course.entry("ann").cause


def test_a_class_without_any_notebook_is_nbgraders_own_error(course):
    """nbgrader gives up before it asks us, and changes nothing."""
    (course.hand_in("ann") / "tiny.ipynb").unlink()
    result = course.grade("ann")
    assert not result["success"]
    assert "No notebooks were matched" in result["log"]
    assert course.entry("ann").status == NOT_GRADED


def test_where_code_cannot_be_confined_nothing_is_graded(course, monkeypatch):
    """The error says what to do, and nothing has changed; only an explicit option continues."""
    course.hand_in("ann")
    probe.reached.cache_clear()
    monkeypatch.setattr(probe, "breach", lambda layers: "a worker could fork")
    result = course.grade("ann")
    assert not result["success"]
    assert "allow_no_isolation=True" in result["log"]
    assert course.entry("ann").status == NOT_GRADED
    course.api.config.GradeCells.allow_no_isolation = True
    assert course.grade("ann")["success"]
    probe.reached.cache_clear()


def test_a_class_without_submissions_is_nbgraders_own_error(course):
    """Where there is no folder at all, nbgrader says so."""
    result = course.grade("nobody")
    assert not result["success"]
    assert "No notebooks were matched" in result["log"]


def test_an_assignment_without_given_files_is_graded(course):
    """Nothing but a notebook lies on either side."""
    for stage in ("source", "release"):
        (course.root / stage / "tiny" / "scaling.py").unlink()
    course.hand_in("ann", answer="class Scaler:\n    pass\n")
    assert course.grade("ann")["success"]
    assert course.marks("ann") == (0.0, None, False)
    assert course.entry("ann").status == Status.GRADED


def test_a_manual_score_survives_and_asks_for_a_look(course):
    """A score by hand stays when the submission is graded again, and is flagged."""
    course.hand_in("ann")
    course.grade("ann")
    course.mark_by_hand("ann", 0.5)
    course.hand_in("ann", IDENTITY)
    course.grade("ann")
    assert course.marks("ann") == (0.0, 0.5, True)


def test_a_folder_that_vanishes_is_an_error_for_this_student_alone(course, monkeypatch):
    """Nobody gets a zero for a folder that is gone; the others are graded."""
    for student in ("ann", "bob", "cem"):
        course.hand_in(student)
    course.grade("bob")
    prepare = Intake.__init__

    def and_lose_one(self, converter):
        prepare(self, converter)
        shutil.rmtree(course.root / "submitted" / "bob")

    monkeypatch.setattr(Intake, "__init__", and_lose_one)
    result = course.grade()
    assert not result["success"]
    assert "submitted/bob/tiny vanished" in result["log"]
    assert [course.marks(student)[0] for student in ("ann", "bob", "cem")] == [2.0, 2.0, 2.0]
    assert course.entry("bob").points == {"test_scaler": 2.0}  # as before: nothing was entered
    assert course.entry("bob").status == Status.GRADED


def test_a_folder_that_vanishes_late_leaves_no_zero_either(course, monkeypatch):
    """nbgrader itself has entered zeros then: they are undone, and the earlier grade stays."""
    folder = course.hand_in("ann")
    course.grade("ann")
    tidy = Intake.tidy

    def and_lose_it(self, path):
        tidy(self, path)
        shutil.rmtree(folder)

    monkeypatch.setattr(Intake, "tidy", and_lose_it)
    before = left_behind(course)
    assert "vanished while the class was graded" in course.grade("ann")["log"]
    assert left_behind(course) == before


@pytest.mark.parametrize(
    ("module", "broken"),
    [
        (restoration, "restore"),
        (nbgrader_plugins, "report_on"),
        (handed_in_module, "read_notebook"),
        (graded, "_outputs"),
    ],
)
def test_a_fault_of_ours_holds_the_grade_back(course, monkeypatch, module, broken):
    """An error of ours: no old grade, no zero, a report of it, and the others are graded."""
    course.hand_in("ann")
    course.grade("ann")

    def fail(*_args, **_more):
        raise ZeroDivisionError("we cannot divide")

    original = getattr(module, broken)
    calls = []

    def fail_once(*args, **more):
        calls.append(args)
        return (fail if len(calls) == 1 else original)(*args, **more)

    monkeypatch.setattr(module, broken, fail_once)
    result = course.grade("ann")
    assert "ZeroDivisionError: we cannot divide" in result["log"]
    assert "Traceback" in result["log"]
    assert course.marks("ann") == (None, None, True)
    entry = course.entry("ann")
    assert (entry.status, entry.points) == (Status.HELD, {"test_scaler": None})
    assert "we cannot divide" in entry.cause
    assert "grade again" in entry.next_step
    course.grade("ann")
    assert course.marks("ann") == (2.0, None, False)


def test_grades_that_cannot_be_saved_leave_the_earlier_ones(course, monkeypatch):
    """Where not even the held-back report can be saved, nothing changes, and nbgrader says so."""
    course.hand_in("ann", stamp="2026-01-01 10:00:00")
    course.grade("ann")
    course.hand_in("ann", IDENTITY, stamp="2026-01-02 10:00:00")
    before = left_behind(course)

    def fail(*_args):
        raise KeyError("grades")

    with monkeypatch.context() as patch:
        patch.setattr(nbgrader_plugins.SaveGrades, "preprocess", fail)
        assert not course.grade("ann")["success"]
    assert left_behind(course) == before
    assert course.grade("ann", force=False)["success"]
    assert course.marks("ann") == (0.0, None, False)


# ---- before anything is done


def test_a_locked_gradebook_is_noticed_before_anything_is_changed(course, monkeypatch, caplog):
    """Another program's lock ends the run at once, with what to do."""
    monkeypatch.setattr(gradebook, "PATIENCE", 0.1)
    folder = course.hand_in("ann")
    (folder / "link").symlink_to("/etc")
    with closing(sqlite3.connect(course.root / "gradebook.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(NbGraderException, match=r"database is locked.*close what else"):
            look(course)
    assert (folder / "link").is_symlink()
    look(course)
    assert not (folder / "link").is_symlink()


def test_a_file_that_is_no_gradebook_is_noticed(course):
    """The error says that the gradebook is broken."""
    (course.root / "gradebook.db").write_text("no gradebook, " * 100)
    with pytest.raises(NbGraderException, match="file is not a database"):
        look(course)


def test_a_full_disk_is_noticed(course, monkeypatch):
    """Without room nothing is begun."""
    usage = shutil.disk_usage("/")._replace(free=2**20)
    monkeypatch.setattr(intake.shutil, "disk_usage", lambda path: usage)
    with pytest.raises(NbGraderException, match="50 MiB free on its disk, got 1 MiB: make room"):
        look(course)


def test_an_assignment_that_was_not_released_is_noticed(course):
    """Without a release there is nothing to restore a submission by."""
    shutil.rmtree(course.root / "release")
    with pytest.raises(NbGraderException, match="run `nbgrader generate_assignment tiny --force`"):
        look(course)


# ---- which folders


def test_each_folder_gets_the_assignments_notebook(course):
    """Even a missing one; folders that are not submissions are not touched."""
    course.hand_in("ann")
    (course.root / "submitted" / "bob" / "tiny").mkdir(parents=True)
    (course.root / "submitted" / "cem").mkdir()
    (course.root / "submitted" / "list.txt").touch()
    look(course)
    assert course.converter.assignments == {
        str(course.root / "submitted" / name / "tiny"): [
            str(course.root / "submitted" / name / "tiny" / "tiny.ipynb")
        ]
        for name in ("ann", "bob")
    }


def test_the_run_is_about_the_chosen_students_alone(course):
    """Others' folders are not touched."""
    for student in ("ann", "bob"):
        (course.hand_in(student) / "link").symlink_to("/etc")
    course.coursedir.student_id = "ann"
    found = look(course)
    assert [Path(folder).parent.name for folder in found.converter.assignments] == ["ann"]
    assert (course.root / "submitted" / "bob" / "tiny" / "link").is_symlink()


def test_a_folder_that_cannot_be_put_in_order_is_left_out(course, monkeypatch, caplog):
    """nbgrader would hang at such a file: it never sees it, and the others are graded."""
    course.hand_in("ann")
    (course.hand_in("bob") / "link").symlink_to("/etc")

    def fail(*_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(intake.refusal, "_move", fail)
    with caplog.at_level(logging.ERROR):
        found = look(course)
    assert [Path(folder).parent.name for folder in found.converter.assignments] == ["ann"]


# ---- what an earlier run has left


@pytest.mark.parametrize("left", ["nothing", "sanitized", "cut", "old report"])
def test_what_was_left_unfinished_is_graded_again(course, left):
    """An interrupted grading leaves a folder that nbgrader would always skip."""
    course.hand_in("ann")
    course.grade("ann")
    path = course.graded("ann") / "tiny.ipynb"
    finished = nbformat.read(path, as_version=4)
    path.unlink()
    if left == "sanitized":
        finished.metadata[KEY] = {"remarks": []}
        nbformat.write(finished, path)
    elif left == "cut":
        path.write_text(nbformat.writes(finished)[:-20])
    elif left == "old report":
        del finished.metadata[KEY]
        nbformat.write(finished, path)
    assert report_in(path) is None
    assert course.entry("ann").status == "not graded yet"
    assert course.grade("ann", force=False)["success"]
    assert report_in(path) is not None
    assert course.entry("ann").points == {"test_scaler": 2.0}


def test_a_folder_without_its_stamp_is_graded_again(course):
    """A grader that was ended while it removed the folder of an older submission leaves one."""
    course.hand_in("ann")
    course.grade("ann")
    (course.graded("ann") / "timestamp.txt").unlink()
    before = (course.graded("ann") / "tiny.ipynb").stat().st_mtime_ns
    course.grade("ann", force=False)
    assert (course.graded("ann") / "tiny.ipynb").stat().st_mtime_ns > before


def test_what_is_finished_is_not_graded_again(course):
    """A run without `--force` leaves it as it is."""
    course.hand_in("ann")
    course.grade("ann")
    before = (course.graded("ann") / "tiny.ipynb").stat().st_mtime_ns
    course.grade("ann", force=False)
    assert (course.graded("ann") / "tiny.ipynb").stat().st_mtime_ns == before


def test_a_students_files_do_not_stay_with_the_graded_notebook(course):
    """Only the notebook, the given files and the time of handing in are left."""
    folder = course.hand_in("ann")
    (folder / "numpy.py").touch()
    (folder / "a" / "b").mkdir(parents=True)
    (folder / "a" / "b" / "page.html").touch()
    (folder / "timestamp.txt").write_text("2026-01-01 10:00:00 UTC")
    course.grade("ann")
    left = {path.name for path in course.graded("ann").rglob("*")}
    assert left == {"tiny.ipynb", "scaling.py", "timestamp.txt", "submission_secret.txt"}


@pytest.mark.parametrize("secret", [None, b"", b"\xff\xfe", b"x" * 10_000, b"../../x", b"a1b2"])
def test_feedback_can_be_released_whatever_a_student_has_handed_in(course, secret):
    """nbgrader reads two files of each student, and ends for the class where one is missing."""
    folder = course.hand_in("ann")
    if secret is not None:
        (folder / "submission_secret.txt").write_bytes(secret)
    course.grade("ann")
    assert (course.graded("ann") / "timestamp.txt").read_text() == ""
    found = (course.graded("ann") / "submission_secret.txt").read_text()
    assert found == "a1b2" if secret == b"a1b2" else len(found) == 64


KILLED = """\
import os, sys
sys.path.insert(0, {project!r})
from sqlalchemy.orm import object_session
from autograder.gradebook.score_entry import ScoreEntry
enter = ScoreEntry.enter

def enter_and_end(scores, submitted, late):
    enter(scores, submitted, late)
    object_session(submitted).flush()  # all of it is with the database, and not committed
    os._exit(9)

ScoreEntry.enter = enter_and_end
from nbgrader.apps.nbgraderapp import main
sys.argv = ["nbgrader", "autograde", "tiny", "--force"]
main()
"""


def test_a_grader_killed_while_saving_leaves_no_half_of_a_grade(course):
    """Uncommitted changes are invisible; the next run grades the submission."""
    course.hand_in("ann", IDENTITY)
    course.grade("ann")
    course.hand_in("ann", RIGHT)
    shutil.copy(PROJECT / "nbgrader_config.py", course.root)
    done = subprocess.run(
        [sys.executable, "-c", KILLED.format(project=str(PROJECT))],
        cwd=course.root,
        env={**os.environ, "JUPYTER_CONFIG_DIR": str(course.root), "PYTHONPATH": str(PROJECT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 9, done.stderr
    assert course.marks("ann") == (0.0, None, False)
    assert course.entry("ann").points == {"test_scaler": 0.0}
    course.grade("ann", force=False)
    assert course.marks("ann") == (2.0, None, False)
    assert {*course.root.glob("autograded/*")} == {course.root / "autograded" / "ann"}


# ---- for a run of our own


def test_a_run_may_be_about_some_students(course):
    """Chosen students take precedence over the settings; no other folder is prepared."""
    for student in ("ann", "bob", "cem"):
        (course.hand_in(student) / "link").symlink_to("/etc")
    found = Intake(course.converter, {"ann", "cem"})
    assert found.folders == [course.submitted("ann"), course.submitted("cem")]
    assert {*course.converter.assignments} == {*map(str, found.folders)}
    assert (course.submitted("bob") / "link").is_symlink()


def test_an_unknown_student_is_noticed(course):
    """Before anything is changed, and by name."""
    (course.hand_in("ann") / "link").symlink_to("/etc")
    with pytest.raises(NbGraderException, match="has none of amm, bpb: see submitted/"):
        Intake(course.converter, {"bpb", "ann", "amm"})
    assert (course.submitted("ann") / "link").is_symlink()


def test_who_only_looks_changes_nothing(course, monkeypatch):
    """No file is set aside, and the gradebook may be locked."""
    (course.hand_in("ann") / "link").symlink_to("/etc")
    course.graded("ann").mkdir(parents=True)
    with closing(sqlite3.connect(course.root / "gradebook.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        found = Intake(course.converter, look_only=True)
    assert found.folders == [course.submitted("ann")]
    assert (course.submitted("ann") / "link").is_symlink()
    assert course.graded("ann").is_dir()


def test_a_folder_is_known_by_its_student(course):
    """And its graded notebooks have a place."""
    folder = course.hand_in("ann")
    found = look(course)
    assert found.student(folder) == "ann"
    assert found.graded(folder) == course.graded("ann")


def test_what_was_handed_in_has_content_remarks_and_a_time(course):
    """All of it is in the digest by which a change is seen."""
    folder = course.hand_in("ann", name="mine.ipynb", stamp="2026-01-01 10:00:00")
    found = look(course).handed_in(folder / "tiny.ipynb")
    assert found.content == (folder / "mine.ipynb").read_bytes()
    assert found.remarks == ("the notebook should be tiny.ipynb, got `mine.ipynb`: it was graded",)
    assert found.stamp == b"2026-01-01 10:00:00 UTC"
    assert not found.unreadable


def test_what_cannot_be_read_was_handed_in_as_well(course):
    """With the reason, and with its time."""
    folder = course.hand_in("ann", stamp="2026-01-01 10:00:00")
    (folder / "tiny.ipynb").unlink()
    found = look(course).handed_in(folder / "tiny.ipynb")
    assert found.content == b""
    assert "there is no notebook tiny.ipynb" in found.unreadable
    assert found.stamp == b"2026-01-01 10:00:00 UTC"


def test_room_is_looked_for_again_and_again(course, monkeypatch):
    """A disk may get full in the middle of a class."""
    found = look(course)
    found.check_room()
    usage = shutil.disk_usage("/")._replace(free=intake.ROOM - 1)
    monkeypatch.setattr(intake.shutil, "disk_usage", lambda path: usage)
    with pytest.raises(NbGraderException, match="make room, and grade again"):
        found.check_room()

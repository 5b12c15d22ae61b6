"""A run over a class: the pending submissions with their reasons, and the written results."""

import json
import shutil
import sqlite3
from contextlib import closing

import pytest
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.plugins import LateSubmissionPlugin

from autograder.class_run.class_run import ClassRun
from autograder.course import gradebook
from autograder.gradebook.score_entry import ScoreEntry
from autograder.grading.graded import Graded
from autograder.intake import intake
from autograder.intake.intake import Intake
from autograder.results.report import KEY
from tests.autograder.support.one_process import OneProcess
from tests.autograder.support.tiny import IDENTITY
from tests.left_behind import rows


@pytest.fixture
def course(tiny_course):
    return tiny_course


@pytest.fixture
def reasons(grade, monkeypatch):
    """A function that grades, and returns the reason for each submission that it was the turn of."""
    due = ClassRun.due
    found = {}

    def noting(run, *args, **more):
        for one, notebooks in due(run, *args, **more):
            found[one.student] = one.reason
            yield one, notebooks

    def run(*words):
        found.clear()
        assert grade(*words).code == 0
        return dict(found)

    monkeypatch.setattr(ClassRun, "due", noting)
    return run


def notebooks(course):
    """Return the graded notebooks, by student, as one would see that they were written anew."""
    return {
        path.parts[-3]: (path.read_text(), path.stat().st_mtime_ns)
        for path in course.root.glob("autograded/*/tiny/tiny.ipynb")
    }


def rewrite(course, student, text):
    path = course.graded(student) / "tiny.ipynb"
    path.unlink()
    path.write_text(text)


def amend(course, student, **changes):
    """Change the report in a graded notebook."""
    notebook = json.loads((course.graded(student) / "tiny.ipynb").read_text())
    notebook["metadata"][KEY].update(changes)
    rewrite(course, student, json.dumps(notebook))


# ---- whose turn it is


def forget(course, student):
    with Gradebook(course.url, "deep_learning") as gradebook:
        gradebook.remove_submission("tiny", student)


CHANGES = {
    "same": (lambda course: None, None),
    "with_notes": (lambda course: (course.submitted("with_notes") / "notes.txt").touch(), None),
    "content": (lambda course: course.hand_in("content", IDENTITY), "handed in anew"),
    "another_file": (
        lambda course: course.hand_in("another_file", name="old.ipynb"),
        "handed in anew",
    ),
    "later": (
        lambda course: course.hand_in("later", stamp="2026-02-02 10:00:00"),
        "handed in anew",
    ),
    "emptied": (
        lambda course: (course.submitted("emptied") / "tiny.ipynb").unlink(),
        "handed in anew",
    ),
    "confined": (
        lambda course: amend(course, "confined", isolation="not isolated"),
        "another isolation",
    ),
    "held": (
        lambda course: rewrite(course, "held", Graded.held_back(course.assignment, "?").text),
        "held back until now",
    ),
    "half": (lambda course: rewrite(course, "half", "{"), "not graded yet"),
    "ungraded": (lambda course: shutil.rmtree(course.graded("ungraded")), "not graded yet"),
    "forgotten": (lambda course: forget(course, "forgotten"), "new"),
}


def test_only_what_has_changed_is_graded(course, reasons):
    """Each for its own reason; an unchanged one is not written again."""
    for student in CHANGES:
        course.hand_in(student, stamp="2026-01-01 10:00:00")
    assert reasons() == dict.fromkeys(CHANGES, "new")
    before = notebooks(course)
    for change, _ in CHANGES.values():
        change(course)
    changed = {student: reason for student, (_, reason) in CHANGES.items() if reason}
    assert reasons() == changed
    after = notebooks(course)
    assert {student for student in CHANGES if after[student] != before[student]} == {*changed}
    assert course.marks("content") == (0.0, None, False)
    assert reasons() == {}
    assert notebooks(course) == after


@pytest.mark.parametrize(
    "places",
    [["tests/hidden/tiny/test_scaler.py"], ["source/tiny/scaling.py", "release/tiny/scaling.py"]],
)
def test_other_suites_grade_everybody_again(course, reasons, places):
    """Remarks on an earlier version do not count for the present one."""
    course.hand_in("ann")
    course.hand_in("bob", IDENTITY)
    reasons()
    for path in (course.root / place for place in places):
        path.write_text(f"{path.read_text()}\n# another\n")
    assert reasons() == dict.fromkeys(("ann", "bob"), "the suites have changed")
    assert reasons() == {}


def test_what_nbgrader_has_graded_is_not_graded_again(course, reasons):
    """Both commands leave the same behind, so one goes on where the other has stopped."""
    course.hand_in("ann")
    course.hand_in("bob", name="bob.ipynb")
    (course.hand_in("cem") / "tiny.ipynb").write_text("{")
    assert course.grade()["success"]
    assert reasons() == {}
    assert reasons("--force") == dict.fromkeys(("ann", "bob", "cem"), "forced")
    before = notebooks(course)
    assert course.grade(force=False)["success"]
    assert notebooks(course) == before


def test_only_the_named_students_are_graded(course, grade):
    """The others' folders are not touched."""
    for student in ("ann", "bob", "cem"):
        (course.hand_in(student) / "link").symlink_to("/etc")
    assert grade("--student", "ann", "--student", "cem").code == 0
    assert {*notebooks(course)} == {"ann", "cem"}
    assert (course.submitted("bob") / "link").is_symlink()
    assert not (course.submitted("cem") / "link").is_symlink()


def test_an_unknown_student_is_noticed_before_anything_is_changed(course, grade):
    """With a wrong id, nothing is graded."""
    (course.hand_in("ann") / "link").symlink_to("/etc")
    before = rows(course.root / "gradebook.db")
    ran = grade("--student", "ann", "--student", "amm", "--student", "bpb")
    assert ran.code == 1
    assert "must have a submission of each student named, but has none of amm, bpb" in ran.err
    assert (course.submitted("ann") / "link").is_symlink()
    assert rows(course.root / "gradebook.db") == before
    assert not (course.root / "autograded").exists()


def test_a_class_without_submissions_is_an_error_with_the_remedy(course, grade):
    """Nothing has been collected yet, most likely."""
    ran = grade()
    assert ran.code == 1
    assert "`nbgrader collect`" in ran.err


def test_a_part_of_the_notebooks_is_not_graded(course, grade):
    """A run writes whole folders: an error names the right command, and nothing is done."""
    course.hand_in("ann")
    release = course.root / "release" / "tiny"
    ran = grade("--dry-run", "--CourseDirectory.notebook_id=tin?")  # all that there are
    assert ran.code == 0
    shutil.copy(release / "tiny.ipynb", release / "second.ipynb")
    ran = grade("--CourseDirectory.notebook_id=tin?")
    assert ran.code == 1
    assert "run `nbgrader autograde tiny --notebook=tin?`" in ran.err
    assert not course.graded("ann").exists()


def test_a_folder_that_cannot_be_put_in_order_fails_for_its_student_alone(
    course, grade, monkeypatch
):
    """It is logged and counted as failed; the others are graded."""
    course.hand_in("ann")
    (course.hand_in("bob") / "link").symlink_to("/etc")

    def fail(*_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(intake.refusal, "_move", fail)
    ran = grade()
    assert ran.code == 1
    assert "bob/tiny cannot be prepared" in ran.out
    assert "2 submissions: 1 graded, 1 failed" in ran.out
    assert {*notebooks(course)} == {"ann"}


# ---- what is written


def at(stamp, do):
    """Return a pool that does something after it has graded the submission of that time."""

    class Pool(OneProcess):
        def grade(self, theirs):
            graded = super().grade(theirs)
            if theirs["tiny"].stamp == f"{stamp} UTC".encode():
                do()
            return graded

    return Pool


DAYS = {s: f"2026-01-0{day} 10:00:00" for day, s in enumerate(("ann", "bob", "cem"), start=1)}


@pytest.fixture
def class_of_three(course):
    """A class whose pools identify each submission by the day of handing in."""
    for student, day in DAYS.items():
        course.hand_in(student, stamp=day)
    return course


def of(student, found):
    return {table: [row for row in lines if student in row] for table, lines in found.items()}


@pytest.mark.parametrize(
    "error", [MissingEntry("no such cell"), OSError("no such disk"), KeyError("a bug")], ids=repr
)
def test_what_fails_in_the_middle_leaves_the_gradebook_as_it_was(
    class_of_three, grade, monkeypatch, error
):
    """Not even a new student is entered; the others are graded, and the next run goes on."""
    enter = ScoreEntry.enter

    def fail(scores, submitted, *settings):
        standing = enter(scores, submitted, *settings)
        if submitted.student.id == "bob":
            raise error
        return standing

    before = rows(class_of_three.root / "gradebook.db")
    with monkeypatch.context() as patch:
        patch.setattr(ScoreEntry, "enter", fail)
        ran = grade()
    assert ran.code == 1
    assert f"bob: {error}" in ran.out or "bob: KeyError: 'a bug'" in ran.out
    assert "3 submissions: 2 graded, 1 failed" in ran.out
    after = rows(class_of_three.root / "gradebook.db")
    assert of("bob", after) == of("bob", before)
    assert {*notebooks(class_of_three)} == {"ann", "cem"}
    assert not class_of_three.graded("bob").exists()
    assert "1 graded, 2 unchanged" in grade().out
    assert class_of_three.marks("bob") == (2.0, None, False)


def test_a_penalty_that_cannot_be_computed_fails_for_its_student_alone(
    class_of_three, grade, monkeypatch
):
    """A course's own plugin may have any mistake."""
    with Gradebook(class_of_three.url, "deep_learning") as gradebook:
        gradebook.update_or_create_assignment("tiny", duedate="2026-01-02 12:00:00 UTC")

    def fail(plugin, student, score, seconds):
        raise ZeroDivisionError("no days")

    monkeypatch.setattr(LateSubmissionPlugin, "late_submission_penalty", fail)
    ran = grade()
    assert ran.code == 1
    assert "cem: ZeroDivisionError: no days" in ran.out
    assert {*notebooks(class_of_three)} == {"ann", "bob"}


def test_a_notebook_that_cannot_be_written_is_not_graded_yet(class_of_three, grade, monkeypatch):
    """A half-written folder would be taken for graded."""

    def fail(intake, path):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Intake, "tidy", fail)
    assert grade("--student", "ann").code == 1
    assert not class_of_three.graded("ann").exists()
    assert class_of_three.entry("ann").status == "not graded yet"


def test_a_gradebook_that_gets_locked_ends_the_run_and_keeps_what_is_written(
    class_of_three, grade, monkeypatch
):
    """The error names the remedy; when the gradebook is free again, the next run grades the rest."""
    monkeypatch.setattr(gradebook, "WAITING", 0.1)
    before = rows(class_of_three.root / "gradebook.db")
    with closing(sqlite3.connect("gradebook.db", isolation_level=None)) as other:
        ran = grade(pool=at(DAYS["bob"], lambda: other.execute("BEGIN IMMEDIATE")))
        assert ran.code == 1
        assert "the gradebook must be free to be written to: close what else" in ran.err
        other.execute("ROLLBACK")
    assert class_of_three.marks("ann") == (2.0, None, False)
    assert of("bob", rows(class_of_three.root / "gradebook.db")) == of("bob", before)
    assert "3 submissions: 2 graded, 1 unchanged" in grade().out


def test_a_disk_that_gets_full_ends_the_run_and_keeps_what_is_written(
    class_of_three, grade, monkeypatch
):
    """Nothing is begun that there may be no room for."""
    full = shutil.disk_usage("/")._replace(free=2**20)
    with monkeypatch.context() as patch:
        fill = at(DAYS["bob"], lambda: patch.setattr(intake.shutil, "disk_usage", lambda _: full))
        ran = grade(pool=fill)
    assert ran.code == 1
    assert "50 MiB free on its disk, got 1 MiB: make room" in ran.err
    assert {*notebooks(class_of_three)} == {"ann"}
    assert "3 submissions: 2 graded, 1 unchanged" in grade().out


def test_a_fault_in_reading_a_submission_is_its_own(class_of_three, grade, monkeypatch):
    """The others are graded all the same."""
    read = intake.Intake.handed_in

    def handed_in(self, path):
        if "bob" in path.parts:
            raise ValueError("unforeseen")
        return read(self, path)

    monkeypatch.setattr(intake.Intake, "handed_in", handed_in)
    ran = grade()
    assert ran.code == 1
    assert "bob: ValueError: unforeseen" in ran.out + ran.err
    assert "3 submissions: 2 graded, 1 failed" in ran.out
    assert {*notebooks(class_of_three)} == {"ann", "cem"}


@pytest.mark.parametrize("when", ["before it is read", "before it is written"])
def test_a_submission_that_vanishes_is_no_zero(class_of_three, grade, monkeypatch, when):
    """It is an error for its student alone."""
    before = rows(class_of_three.root / "gradebook.db")
    folder = class_of_three.submitted("bob")
    pool = OneProcess
    if when == "before it is read":
        pool = at(DAYS["ann"], lambda: shutil.rmtree(folder))
        pool.width = 1
        monkeypatch.setattr("autograder.class_run.pool.AHEAD", 1)
    else:
        pool = at(DAYS["bob"], lambda: shutil.rmtree(folder))
    ran = grade(pool=pool)
    assert ran.code == 1
    assert ran.out.count("vanished") == 1
    assert "3 submissions: 2 graded, 1 failed" in ran.out
    assert of("bob", rows(class_of_three.root / "gradebook.db")) == of("bob", before)
    assert {*notebooks(class_of_three)} == {"ann", "cem"}


def test_one_connection_to_the_gradebook_is_enough_for_a_class(class_of_three, grade, monkeypatch):
    """To make one takes longer than to grade a submission."""
    class_of_three.set("c.Autograde.pre_convert_hook = lambda **_: None")
    connect, connected = Gradebook.__init__, []

    def count(gradebook, *args, **more):
        connected.append(args)
        connect(gradebook, *args, **more)

    monkeypatch.setattr(Gradebook, "__init__", count)
    assert grade().code == 0
    assert len(connected) == 1


# ---- the course's settings


def test_only_known_students_are_graded_where_the_settings_say_so(course, grade):
    """An error names a student who is not on the list; the others are graded."""
    with Gradebook(course.url, "deep_learning") as gradebook:
        gradebook.add_student("ann")
    course.set("c.Autograde.create_student = False")
    course.hand_in("ann")
    course.hand_in("mallory")
    ran = grade()
    assert ran.code == 1
    assert "mallory: No such student: mallory" in ran.out
    assert {*notebooks(course)} == {"ann"}
    assert "mallory" not in str(rows(course.root / "gradebook.db"))


def test_excluded_students_are_left_out(course, grade):
    """They are not even counted."""
    course.set('c.CourseDirectory.student_id_exclude = "bob,cem"')
    for student in ("ann", "bob", "cem"):
        course.hand_in(student)
    assert "1 submission: 1 graded" in grade().out
    assert {*notebooks(course)} == {"ann"}


def test_a_students_own_file_stays_where_the_settings_say_so(course, grade):
    """Otherwise the assignment's own file replaces it."""
    course.set('c.Autograde.exclude_overwriting = {"tiny": ["scaling.py"]}')
    (course.hand_in("ann") / "scaling.py").write_text("# mine")
    assert grade().code == 0
    assert (course.graded("ann") / "scaling.py").read_text() == "# mine"


def test_permissions_are_those_of_the_settings(course, grade):
    """As nbgrader has them: in octal digits, written as a number."""
    course.set("c.Autograde.permissions = 640")
    course.hand_in("ann")
    assert grade().code == 0
    modes = {path.stat().st_mode & 0o777 for path in course.graded("ann").iterdir()}
    assert modes == {0o640}


def test_hooks_are_called_for_each_submission_that_is_graded(class_of_three, grade):
    """Once before it and once after it, and with its own notebooks."""
    class_of_three.set(
        "def hook(name):",
        "    def note(assignment, student, notebooks):",
        "        with open('hooks', 'a') as file:",
        "            print(name, assignment, student, *notebooks, file=file)",
        "    return note",
        "c.Autograde.pre_convert_hook = hook('before')",
        "c.Autograde.post_convert_hook = hook('after')",
    )

    class Pool(OneProcess):
        together = 2

    assert grade("--student", "cem").code == 0
    assert grade(pool=Pool).code == 0
    called = (class_of_three.root / "hooks").read_text().splitlines()
    paths = {s: class_of_three.submitted(s) / "tiny.ipynb" for s in DAYS}
    assert sorted(called) == sorted(
        f"{when} tiny * {path}" for path in paths.values() for when in ("before", "after")
    )

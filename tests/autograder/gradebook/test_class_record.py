"""The class as it is read: each student with all that is known, in few queries for any number."""

import datetime as dt
import shutil
from contextlib import contextmanager

import nbformat
import pytest
from nbgrader.api import Gradebook
from sqlalchemy import Engine, event

from autograder.course.assignment import Item
from autograder.gradebook.class_record import Record, read_class
from autograder.gradebook.entry import Entry
from autograder.results.outcome import ItemResult, Outcome, PropertyResult
from autograder.results.report import KEY, Report, Status
from tests.autograder.gradebook.test_export import export
from tests.autograder.support.tiny import RIGHT, add_rubric, handed_in, make_course

PASSED = PropertyResult("test_a", "It scales.", Outcome.PASSED)
DUE = dt.datetime.fromisoformat("2026-01-01 10:00")
HOUR = dt.timedelta(hours=1)


def enter(gradebook, assignment, student, points, status=Status.GRADED, **more):
    """Enter a student's points, and write the graded notebook with its report."""
    gradebook.update_or_create_student(student)
    gradebook.add_submission("tiny", student, **more)
    for name, score in points.items():
        gradebook.find_grade(name, "tiny", "tiny", student).auto_score = score
    graded = handed_in(assignment, RIGHT)
    if status:
        items = (ItemResult("test_scaler", 2.0, (PASSED,)),)
        graded.metadata[KEY] = nbformat.from_dict(Report(status, items).to_dict())
    folder = assignment.root / "autograded" / student / "tiny"
    folder.mkdir(parents=True)
    nbformat.write(graded, folder / "tiny.ipynb")


@pytest.fixture
def course(tmp_path, empty_gradebook):
    """A course with two graded cells, one of them without a suite, and its open gradebook."""
    assignment = make_course(tmp_path)
    shutil.copy(empty_gradebook, assignment.root)
    with Gradebook(f"sqlite:///{assignment.root / 'gradebook.db'}", "course") as gradebook:
        for name in ("tiny", "other"):
            gradebook.add_assignment(name, duedate=DUE if name == "tiny" else None)
            gradebook.add_notebook(name, name)
            gradebook.add_grade_cell("test_scaler", name, name, max_score=2, cell_type="code")
        gradebook.add_task_cell("essay", "tiny", "tiny", max_score=3, cell_type="markdown")
        yield assignment, gradebook


def read(course):
    assignment, gradebook = course
    gradebook.db.commit()
    return read_class(assignment, f"sqlite:///{assignment.root / 'gradebook.db'}")


def test_each_student_is_there_with_an_entry(course):
    """All students in the gradebook or with a submission, as in `autograder status`."""
    assignment, gradebook = course
    enter(gradebook, assignment, "ann", {"test_scaler": 2.0, "essay": 1.0})
    enter(gradebook, assignment, "bob", {"test_scaler": None, "essay": 1.0}, Status.HELD)
    enter(gradebook, assignment, "cem", {"test_scaler": 1.0, "essay": 1.0}, None)
    gradebook.add_student("dan")
    gradebook.add_student("eve")
    gradebook.add_submission("other", "eve")
    (assignment.root / "submitted" / "fay" / "tiny").mkdir(parents=True)
    whole = read(course)
    assert [(r.student, r.entry.status, r.total(whole.items)) for r in whole.records] == [
        ("ann", "graded", 3.0),
        ("bob", "grader's fault", None),
        ("cem", "not graded yet", None),
        ("dan", "missing", None),
        ("eve", "missing", None),
        ("fay", "not graded yet", None),
    ]
    assert whole.items == [Item("test_scaler", 2.0), Item("essay", 3.0)]


def test_a_graded_student_has_report_and_cells(course):
    """Those of the graded notebook, and the number by which the Formgrader knows it."""
    assignment, gradebook = course
    enter(gradebook, assignment, "ann", {"test_scaler": 2.0, "essay": 1.0})
    (ann,) = read(course).records
    assert ann.report.items[0].properties == (PASSED,)
    answers = {cell.grade_id: cell.source for cell in ann.cells if cell.solution}
    assert answers == {"scaler": RIGHT}
    known = gradebook.find_submission_notebook("tiny", "tiny", "ann")
    assert ann.notebook_id == known.id


@pytest.mark.parametrize(
    ("stamp", "extension", "hours"),
    [
        (DUE, None, 0),
        (DUE + HOUR, None, 1),
        (DUE + HOUR, 3, 0),
        (DUE + 5 * HOUR, 3, 2),
        (None, 1, 0),
    ],
)
def test_how_late_it_is(course, stamp, extension, hours):
    """After the due date and the student's extension; without a time, it is not late."""
    assignment, gradebook = course
    enter(gradebook, assignment, "ann", {"test_scaler": 2.0, "essay": 1.0}, timestamp=stamp)
    if extension:
        gradebook.grant_extension("tiny", "ann", hours=extension)
    gradebook.find_submission_notebook("tiny", "tiny", "ann").late_submission_penalty = 0.25
    (ann,) = read(course).records
    assert (ann.stamp, ann.seconds_late, ann.entry.late_penalty) == (stamp, hours * 3600, 0.25)


def test_an_extension_without_a_due_date_is_no_error(course):
    """Nothing is late then."""
    assignment, gradebook = course
    enter(gradebook, assignment, "ann", {"test_scaler": 2.0, "essay": 1.0}, timestamp=DUE)
    gradebook.grant_extension("tiny", "ann", hours=1)
    gradebook.find_assignment("tiny").duedate = None
    assert read(course).records[0].seconds_late == 0


def test_a_score_by_hand_is_known_as_one(course):
    """It counts, and replaces a score that was held back."""
    assignment, gradebook = course
    enter(gradebook, assignment, "ann", {"test_scaler": None, "essay": 1.0}, Status.HELD)
    gradebook.find_grade("test_scaler", "tiny", "tiny", "ann").manual_score = 1.5
    whole = read(course)
    assert whole.records[0].by_hand == ("test_scaler",)
    assert whole.records[0].total(whole.items) == 2.5
    assert whole.counted == whole.records


def test_what_could_not_be_read_does_not_count(course):
    """Its zeros do not count; a human's score does."""
    assignment, gradebook = course
    enter(gradebook, assignment, "ann", {"test_scaler": 0.0, "essay": 0.0}, Status.UNREADABLE)
    assert read(course).counted == []
    gradebook.find_grade("test_scaler", "tiny", "tiny", "ann").manual_score = 1.5
    assert len(read(course).counted) == 1


@contextmanager
def counted_queries():
    """Count the queries to any database."""
    asked = []

    def note(connection, cursor, statement, *rest):
        asked.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(Engine, "before_cursor_execute", note)


@pytest.mark.parametrize("ask", [read, lambda course: export(course[0])], ids=["read", "export"])
def test_a_large_class_takes_as_many_queries_as_a_small_one(course, ask):
    """No student has a query of their own, in an assignment with suites or without."""
    assignment, gradebook = course
    ask(course)  # nbgrader enters a course at the first look
    numbers = []
    for students in (2, 12):
        for number in range(students - 2, students):
            enter(gradebook, assignment, f"s{number}", {"test_scaler": 2.0, "essay": 1.0})
            gradebook.add_submission("other", f"s{number}")
        gradebook.db.commit()
        with counted_queries() as asked:
            ask(course)
        numbers.append(len(asked))
    assert numbers[0] == numbers[1] > 0


def test_items_are_called_by_their_titles(course):
    """Those of the rubric; an item without a suite is called by its name."""
    assignment, gradebook = course
    add_rubric(assignment)
    rubric = assignment.hidden / "rubric.toml"
    rubric.write_text('[test_scaler]\ntitle = "Scale"\n\n' + rubric.read_text())
    changed = {"max_score": 4, "cell_type": "code"}
    gradebook.update_or_create_grade_cell("test_scaler", "tiny", "tiny", **changed)
    whole = read((assignment, gradebook))
    assert whole.titles == {"test_scaler": "Scale", "essay": "essay"}
    assert [item.points for item in whole.items] == [4.0, 3.0], "as they stand in the gradebook"


def test_the_progress_is_reported(course):
    """How many of how many."""
    assignment, gradebook = course
    gradebook.add_student("ann")
    gradebook.add_student("bob")
    gradebook.db.commit()
    reported = []
    read_class(
        assignment,
        f"sqlite:///{assignment.root / 'gradebook.db'}",
        lambda *step: reported.append(step),
    )
    assert reported == [(1, 2), (2, 2)]


def test_a_total_needs_all_items():
    """One without points leaves it unknown, and never counts as 0."""
    items = [Item("a", 1.0), Item("b", 1.0)]
    record = Record(Entry("ann", {"a": 1.0, "b": None}, Status.HELD))
    assert record.points(items) == (1.0, None)
    assert record.total(items) is None
    assert record.total(items[:1]) == 1.0
    assert not record.is_counted(items)

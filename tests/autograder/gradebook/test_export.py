"""The export: nbgrader's columns and ours; unknown values are empty, and no text is a formula."""

import csv
import datetime as dt
import io
import shutil

import nbformat
import pytest
from nbgrader.api import Gradebook
from nbgrader.coursedir import CourseDirectory
from nbgrader.plugins import CsvExportPlugin
from traitlets import Any as AnyTrait
from traitlets.config import LoggingConfigurable

from autograder.gradebook.export import GradesPlugin, _without_folders
from autograder.gradebook.lms_export import CanvasPlugin, GradescopePlugin, MoodlePlugin
from autograder.results.outcome import ItemResult, Outcome, PropertyResult
from autograder.results.report import KEY, Report, Status
from tests.autograder.support.tiny import handed_in, make_course

BROKEN = PropertyResult("test_a", "It scales.", Outcome.NOT_RUN, "KeyError: '/usr/lib/x'")
PASSED = PropertyResult("test_a", "It scales.", Outcome.PASSED)
FORMULA = '=HYPERLINK("http://x","y")'
STUDENTS = {
    "ann": {"last_name": 'O\'Neill, "Ann"', "first_name": "é\nü", "email": "a@b"},
    "bob": {"last_name": FORMULA, "first_name": "+1", "email": "@SUM(A1)"},
    "cem": {"last_name": "-2+3", "first_name": "\tx", "email": "\rx"},
    "-dan": {},
    "eve": {},
    "fay": {},
    "gil\u200b": {"last_name": "a\u202eb", "first_name": "\x1b[2J", "email": "g\u200b@x"},
}


class App(LoggingConfigurable):
    """A substitute for nbgrader's export application."""

    coursedir = AnyTrait()


@pytest.fixture(scope="module")
def course(tmp_path_factory, empty_gradebook):
    """A course with a student for each status, and an assignment that has no suites."""
    assignment = make_course(tmp_path_factory.mktemp("export"))
    shutil.copy(empty_gradebook, assignment.root)
    with Gradebook(f"sqlite:///{assignment.root / 'gradebook.db'}", "course") as gradebook:
        gradebook.add_assignment("tiny", duedate="2026-01-01 10:00:00")
        gradebook.add_notebook("tiny", "tiny")
        for name, points in (("test_scaler", 2), ("essay", 3)):
            gradebook.add_grade_cell(name, "tiny", "tiny", max_score=points, cell_type="code")
        gradebook.add_assignment("former")
        gradebook.add_notebook("former", "former")
        gradebook.add_grade_cell("question", "former", "former", max_score=1, cell_type="code")
        for student, names in STUDENTS.items():
            gradebook.add_student(student, **names)
        enter(gradebook, assignment, "ann", {"test_scaler": 1.5, "essay": 1.0}, Status.REMARKS)
        enter(gradebook, assignment, "bob", {"test_scaler": None, "essay": 1.0}, Status.HELD)
        enter(gradebook, assignment, "cem", {"test_scaler": 0.0, "essay": 0.0}, Status.UNREADABLE)
        enter(gradebook, assignment, "eve", {"test_scaler": 2.0, "essay": 3.0}, None)
        late = gradebook.find_submission("tiny", "ann")
        late.timestamp = dt.datetime.fromisoformat("2026-01-01 11:00")
        late.notebooks[0].late_submission_penalty = 0.5
        gradebook.add_submission("former", "ann")
        gradebook.find_grade("question", "former", "former", "ann").auto_score = 1.0
        gradebook.db.commit()
    (assignment.root / "submitted" / "eve" / "tiny").mkdir(parents=True)
    return assignment


def enter(gradebook, assignment, student, points, status):
    """Enter a student's scores, and write the graded notebook with its report."""
    gradebook.add_submission("tiny", student)
    for name, score in points.items():
        gradebook.find_grade(name, "tiny", "tiny", student).auto_score = score
    graded = handed_in(assignment, "")
    if status is not None:
        item = ItemResult("test_scaler", 2.0, (BROKEN if status is Status.HELD else PASSED,))
        remarks = ("a remark",) if status is not Status.HELD else ()
        graded.metadata[KEY] = nbformat.from_dict(Report(status, (item,), remarks).to_dict())
    folder = assignment.root / "autograded" / student / "tiny"
    folder.mkdir(parents=True)
    nbformat.write(graded, folder / "tiny.ipynb")


def export(course, plugin=GradesPlugin, **options):
    """Return the written table."""
    to = course.root / "out.csv"
    app = App(coursedir=CourseDirectory(root=str(course.root)))
    with Gradebook(f"sqlite:///{course.root / 'gradebook.db'}", "course") as gradebook:
        plugin(parent=app, to=str(to), **options).export(gradebook)
    return to.read_bytes().decode()


def rows(course, **options):
    found = csv.DictReader(io.StringIO(export(course, **options), newline=""), strict=True)
    return {(row["assignment"], row["student_id"]): row for row in found}


def test_nbgraders_columns_come_first(course):
    """The first columns are those of nbgrader's own table, in its order, with its numbers."""
    own = export(course, CsvExportPlugin, student=["ann"], assignment=["tiny"]).splitlines()[0]
    ours = export(course).splitlines()[0]
    columns = ",status,cause,next_step,isolation,team,submission_of,team_remarks"
    assert ours == own + columns + ",question,test_scaler,essay"
    row = rows(course)["tiny", "ann"]
    assert (row["raw_score"], row["late_submission_penalty"], row["score"]) == ("2.5", "0.5", "2.0")
    assert (row["max_score"], row["duedate"]) == ("5.0", "2026-01-01 10:00:00")
    assert row["timestamp"] == "2026-01-01 11:00:00"


def test_each_item_has_its_points(course):
    """An item of another assignment is empty."""
    row = rows(course)["tiny", "ann"]
    assert (row["test_scaler"], row["essay"], row["question"]) == ("1.5", "1.0", "")


@pytest.mark.parametrize(
    ("student", "status", "cause", "score", "points"),
    [
        ("ann", "graded with remarks", "a remark", "2.0", "1.5"),
        ("bob", "grader's fault", "KeyError: 'x'", "", ""),
        ("cem", "could not be read", "a remark", "0.0", "0.0"),
        ("'-dan", "missing", "nothing was handed in", "", ""),
        ("eve", "not graded yet", "handed in, and not graded since", "", ""),
        ("fay", "missing", "nothing was handed in", "", ""),
    ],
)
def test_what_is_not_known_is_empty(course, student, status, cause, score, points):
    """A zero is a zero that was earned; each status has its cause and next step."""
    row = rows(course)["tiny", student]
    assert (row["status"], row["cause"], row["score"], row["test_scaler"]) == (
        status, cause, score, points,
    )  # fmt: skip
    assert row["next_step"]
    assert bool(row["raw_score"]) == bool(score)


def test_a_held_items_neighbours_have_their_points(course):
    """Only the sum is unknown, and the item."""
    assert rows(course)["tiny", "bob"]["essay"] == "1.0"


def test_an_assignment_without_suites_has_nbgraders_numbers(course):
    """In nbgrader's columns: a submission that is missing scores 0, as in its own table."""
    found = rows(course)
    own = csv.DictReader(export(course, CsvExportPlugin, assignment=["former"]).splitlines())
    for row in own:
        if row["student_id"] in ("eve", "fay"):  # whose names hold no comma
            ours = found["former", row["student_id"]]
            assert {name: ours[name] for name in row} == row
    graded, missing = found["former", "ann"], found["former", "bob"]
    assert (graded["score"], graded["question"], graded["status"]) == ("1.0", "1.0", "")
    assert (missing["score"], missing["status"]) == ("0.0", "missing")


def test_without_suites_the_table_is_nbgraders_own(course):
    """To the byte, for any choice of students and assignments without suites."""
    for options in ({}, {"student": ["ann", "fay"]}):
        options["assignment"] = ["former"]
        assert export(course, **options) == export(course, CsvExportPlugin, **options)


def test_no_text_is_a_formula_and_no_number_a_text(course):
    """A formula gets an apostrophe; quotes, commas and line breaks survive."""
    found = rows(course)
    bob, cem, ann = (found["tiny", name] for name in ("bob", "cem", "ann"))
    assert bob["last_name"] == f"'{FORMULA}"
    assert (bob["first_name"], bob["email"]) == ("'+1", "'@SUM(A1)")
    assert (cem["last_name"], cem["first_name"], cem["email"]) == ("'-2+3", "'\tx", "'\rx")
    assert (ann["last_name"], ann["first_name"]) == ('O\'Neill, "Ann"', "é\nü")


def test_what_a_person_reads_is_seen_and_an_id_stays_itself(course):
    """Names are shown as on the pages; programs find a student by id and address."""
    found = rows(course)["tiny", "gil\u200b"]
    assert (found["last_name"], found["first_name"]) == (r"a\u202eb", r"\x1b[2J")
    assert found["email"] == "g\u200b@x"
    for plugin in (CanvasPlugin, MoodlePlugin, GradescopePlugin):
        text = export(course, plugin, assignment=["tiny"])
        assert "\u202e" not in text
        assert r"a\u202eb" in text


def test_a_cause_names_no_folder_of_the_machine(tmp_path):
    """A path in a cause is cut to its name, in the forms of pytest and of Python."""
    suite = f"{tmp_path}/tests/hidden/tiny/test_scaler.py"
    cause = f"{suite[1:]}::test_a: OSError: '{suite}' and '/usr/lib/x.py'"
    reported = "test_scaler.py::test_a: OSError: 'test_scaler.py' and 'x.py'"
    assert _without_folders(cause, tmp_path) == reported


def test_lines_end_as_the_standard_says(course):
    """RFC 4180: CRLF, and as many fields in each line as in the first."""
    text = export(course)
    lines = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    assert {len(line) for line in lines} == {len(lines[0])}
    assert text.count("\r\n") == len(lines) == 1 + 2 * len(STUDENTS)


def test_students_and_assignments_are_chosen_as_with_nbgrader(course):
    """`--student` and `--assignment` leave the others out."""
    assert set(rows(course, student=["ann", "fay"], assignment=["tiny"])) == {
        ("tiny", "ann"), ("tiny", "fay"),
    }  # fmt: skip


def test_what_fails_leaves_an_earlier_table_as_it_is(course, monkeypatch):
    """Nothing is written before everything is known."""
    before = export(course)

    def fail(*_):
        raise ZeroDivisionError

    monkeypatch.setattr(GradesPlugin, "_row", fail)
    with pytest.raises(ZeroDivisionError):
        export(course)
    assert (course.root / "out.csv").read_bytes().decode() == before

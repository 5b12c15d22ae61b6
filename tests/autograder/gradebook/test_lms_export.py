"""The LMS's columns: an ordinary CSV reader finds the gradebook's values."""

import csv
import datetime as dt
import io
import logging

import nbformat
import pytest
from nbgrader.api import Gradebook
from nbgrader.coursedir import CourseDirectory

from autograder.files import spreadsheet
from autograder.gradebook.export import GradesPlugin
from autograder.gradebook.lms_export import CanvasPlugin, GradescopePlugin, MoodlePlugin
from autograder.results.outcome import ItemResult
from autograder.results.report import KEY, Report, Status
from tests.autograder.gradebook.test_export import PASSED, App
from tests.autograder.gradebook.test_membership import HEAD, add_table
from tests.autograder.support.tiny import handed_in, make_course

ROSTER = """\
id,first_name,last_name,email,lms_user_id,matriculation_number,username,sis_user_id,section
ann,Ann,"Ä, O'B",ann@u.edu,1001,1000001,ann1,S1,A
ben,Ben,Bee,ben@u.edu,1002,1000002,ben1,,A
cem,Cem,Cee,cem@u.edu,1003,1000003,,,
dan,,,dan@u.edu,,1000004,,,
eve,Eve,Ee,eve@u.edu,,1000005,,,
fay,Fay,,fay@u.edu,,1000006,,,
"""
ANN = "| Ann | 1000001 | ann@u.edu |\n"
FAY = "| Fay | 1000006 | fay@u.edu |\n"


@pytest.fixture(scope="module")
def course(tmp_path_factory, empty_gradebook):
    """Ann was late, fay is in her team, ben's is held back, cem has 0, dan not graded, eve missing."""
    assignment = make_course(tmp_path_factory.mktemp("lms"))
    add_table(assignment, "| *First* | *0000000* | *first@example.org* |\n")
    root = assignment.root
    (root / "roster.csv").write_text(ROSTER)
    (root / "gradebook.db").write_bytes(empty_gradebook.read_bytes())
    with Gradebook(f"sqlite:///{root / 'gradebook.db'}", "course") as gradebook:
        gradebook.add_assignment("tiny", duedate="2026-01-01 10:00:00")
        gradebook.add_notebook("tiny", "tiny")
        for name, points in (("test_scaler", 2), ("essay", 1)):
            gradebook.add_grade_cell(name, "tiny", "tiny", max_score=points, cell_type="code")
        for student in ("ann", "ben", "cem", "dan", "eve"):
            gradebook.add_student(student)
        enter(gradebook, assignment, "ann", (5 / 3, 1.0), Status.GRADED, HEAD + ANN + FAY)
        enter(gradebook, assignment, "ben", (None, 1.0), Status.HELD, HEAD)
        enter(gradebook, assignment, "cem", (0.0, 0.0), Status.UNREADABLE, HEAD)
        enter(gradebook, assignment, "dan", (2.0, 1.0), None, HEAD)
        late = gradebook.find_submission("tiny", "ann")
        late.timestamp = dt.datetime.fromisoformat("2026-01-01 11:30:05")
        late.notebooks[0].late_submission_penalty = 0.5
        gradebook.db.commit()
    return assignment


def enter(gradebook, assignment, student, points, status, table):
    gradebook.add_submission("tiny", student)
    for name, score in zip(("test_scaler", "essay"), points, strict=True):
        gradebook.find_grade(name, "tiny", "tiny", student).auto_score = score
    whole = handed_in(assignment, "")
    whole.cells[1].source = table
    if status:
        report = Report(status, (ItemResult("test_scaler", 2.0, (PASSED,)),))
        whole.metadata[KEY] = nbformat.from_dict(report.to_dict())
    for stage in ("submitted", "autograded"):
        folder = assignment.root / stage / student / "tiny"
        folder.mkdir(parents=True)
        nbformat.write(whole, folder / "tiny.ipynb")


def export(course, plugin, **options):
    """Return the header and the lines of the table, by the column that names students."""
    to = course.root / "out.csv"
    to.unlink(missing_ok=True)
    app = App(coursedir=CourseDirectory(root=str(course.root)))
    with Gradebook(f"sqlite:///{course.root / 'gradebook.db'}", "course") as gradebook:
        plugin(parent=app, to=str(to), **options).export(gradebook)
    text = to.read_bytes().decode()
    assert text.count("\r\n") == text.count("\n")
    head, *lines = csv.reader(io.StringIO(text, newline=""), strict=True)
    assert {len(line) for line in lines} == {len(head)}
    return head, [dict(zip(head, line, strict=True)) for line in lines]


def by(lines, column):
    return {line[column]: line for line in lines}


THIRDS = 1.666667  # of the 5/3 in the gradebook
SCORE = 2.166667


def test_each_member_has_the_teams_line(course):
    """Fay has not handed in and is in no gradebook: she has Ann's points, and it says whose."""
    _, lines = export(course, GradesPlugin)
    rows = by(lines, "student_id")
    assert set(rows) == {"ann", "ben", "cem", "dan", "eve", "fay"}
    for student in ("ann", "fay"):
        assert float(rows[student]["score"]) == SCORE
        assert float(rows[student]["test_scaler"]) == THIRDS
        assert rows[student]["late_submission_penalty"] == "0.5"
        assert (rows[student]["team"], rows[student]["submission_of"]) == ("ann, fay", "ann")
    assert rows["ann"]["status"] == "graded"
    assert rows["fay"]["status"] == "in another's submission"
    assert (rows["fay"]["first_name"], rows["fay"]["email"]) == ("Fay", "fay@u.edu")
    assert (rows["eve"]["team"], rows["eve"]["submission_of"]) == ("", "")


def test_canvas_has_its_columns(course):
    """Names as Canvas sorts them, its ids, the points possible, one column an assignment."""
    head, lines = export(course, CanvasPlugin, columns={"tiny": "Scaling (47)"})
    assert head == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "Scaling (47)"]
    assert list(lines[0].values()) == ["    Points Possible", "", "", "", "", "3.0"]
    rows = by(lines[1:], "SIS Login ID")
    ann = rows["ann1"]
    assert (ann["Student"], ann["ID"]) == ("Ä, O'B, Ann", "1001")
    assert (ann["SIS User ID"], ann["Section"]) == ("S1", "A")
    assert float(ann["Scaling (47)"]) == SCORE
    assert rows["ben1"]["SIS User ID"] == "1000002"
    found = {who: row["Scaling (47)"] for who, row in rows.items()}
    assert (found["cem"], found["fay"]) == ("0.0", ann["Scaling (47)"])
    assert {found[who] for who in ("ben1", "dan", "eve")} == {""}
    assert rows["dan"]["Student"] == "dan"


def test_canvas_has_items_if_they_are_asked_for(course):
    """A column each, with its own points possible."""
    head, lines = export(course, CanvasPlugin, item_columns=True)
    assert head[5:] == ["tiny", "tiny: test_scaler", "tiny: essay"]
    assert list(lines[0].values())[5:] == ["3.0", "2.0", "1.0"]
    assert float(by(lines, "SIS Login ID")["ann1"]["tiny: test_scaler"]) == THIRDS
    assert by(lines, "SIS Login ID")["ben1"]["tiny: essay"] == "1.0"


def test_moodle_has_one_identifier_and_its_columns(course):
    """Grades, a comment for the student, and columns for status, penalty and team."""
    head, lines = export(course, MoodlePlugin)
    assert head == [
        "First name", "Last name", "Email address",
        "tiny (Real)", "tiny: test_scaler (Real)", "tiny: essay (Real)",
        "tiny (Feedback)", "tiny (Status)", "tiny (Late penalty)", "tiny (Team)",
    ]  # fmt: skip
    rows = by(lines, "Email address")
    ann = rows["ann@u.edu"]
    assert float(ann["tiny (Real)"]) == SCORE
    assert ann["tiny (Feedback)"] == "test_scaler 1.666667; essay 1; late penalty 0.5"
    assert (ann["tiny (Late penalty)"], ann["tiny (Team)"]) == ("0.5", "ann, fay")
    assert rows["ben@u.edu"]["tiny (Status)"] == "grader's fault"
    for who in ("ben", "dan", "eve"):
        assert rows[f"{who}@u.edu"]["tiny (Real)"] == rows[f"{who}@u.edu"]["tiny (Feedback)"] == ""


@pytest.mark.parametrize(("identifier", "of_ann"), [("Username", "ann1"), ("ID number", "1000001")])
def test_moodle_may_know_students_otherwise(course, identifier, of_ann):
    """The column that was chosen, and no other identifier."""
    head, lines = export(course, MoodlePlugin, identify_by=identifier)
    assert head[2] == identifier
    assert "Email address" not in head
    assert of_ann in by(lines, identifier)


def test_a_number_that_is_nobodys_is_left_out_of_moodles_file(course, tmp_path, caplog):
    """Such as a group's: it neither affects the identifier of the others, nor gets a line."""
    roster = tmp_path / "other.csv"
    roster.write_text(f"{ROSTER}5000001,,,,,,,,\n")
    with caplog.at_level(logging.WARNING):
        head, lines = export(course, MoodlePlugin, roster=str(roster))
    assert head[2] == "Email address"
    assert len(lines) == 6
    assert "5000001 has no Email address: left out" in caplog.text


def test_moodle_has_no_line_that_would_be_anothers(course, tmp_path, caplog):
    """A student without an identifier, or with one that changes, is left out with a warning."""
    roster = tmp_path / "other.csv"
    roster.write_text(ROSTER.replace("ben@u.edu", "").replace("eve@", "-eve@"))
    options = {"roster": str(roster), "identify_by": "Email address"}
    with caplog.at_level(logging.WARNING):
        _, lines = export(course, MoodlePlugin, **options)
    assert set(by(lines, "Email address")) == {
        f"{who}@u.edu" for who in ("ann", "cem", "dan", "fay")
    }
    assert "ben has no Email address: left out" in caplog.text
    assert "eve: an id or address looks like a formula" in caplog.text
    head, lines = export(course, MoodlePlugin, roster=str(roster))
    assert head[2] == "Username"
    assert len(lines) == 6


def test_gradescope_has_its_columns(course):
    """As it exports its own scores: status, time, lateness, a column for each question."""
    head, lines = export(course, GradescopePlugin)
    assert head == [
        "First Name", "Last Name", "SID", "Email", "Sections", "Total Score", "Max Points",
        "Status", "Submission ID", "Submission Time", "Lateness (H:M:S)",
        "1: test_scaler (2.0 pts)", "2: essay (1.0 pts)", "Late Penalty", "Team",
    ]  # fmt: skip
    rows = by(lines, "SID")
    ann = rows["1000001"]
    assert float(ann["Total Score"]) == SCORE
    assert (ann["Max Points"], ann["Status"]) == ("3.0", "Graded")
    assert ann["Submission Time"] == "2026-01-01 11:30:05 +0000"
    assert ann["Lateness (H:M:S)"] == "01:30:05"
    assert float(ann["1: test_scaler (2.0 pts)"]) == THIRDS
    assert rows["1000006"]["Submission ID"] == ann["Submission ID"] != ""
    status = {number[-1]: row["Status"] for number, row in rows.items()}
    assert status == {
        "1": "Graded", "2": "Ungraded", "3": "Graded", "4": "Ungraded", "5": "Missing", "6": "Graded",
    }  # fmt: skip
    assert {rows[f"100000{n}"]["Total Score"] for n in (2, 4, 5)} == {""}
    assert rows["1000003"]["Total Score"] == "0.0"


def test_gradescopes_columns_are_those_of_one_assignment(course, caplog):
    """With several, the error names the remedy, and nothing is written."""
    with Gradebook(f"sqlite:///{course.root / 'gradebook.db'}", "course") as gradebook:
        gradebook.add_assignment("other")
    try:
        with pytest.raises(SystemExit), caplog.at_level(logging.ERROR):
            export(course, GradescopePlugin)
        assert "choose it with --assignment" in caplog.text
        assert not (course.root / "out.csv").exists()
        export(course, GradescopePlugin, assignment=["tiny"])
    finally:
        with Gradebook(f"sqlite:///{course.root / 'gradebook.db'}", "course") as gradebook:
            gradebook.remove_assignment("other")


@pytest.mark.parametrize(
    ("plugin", "column", "missing"),
    [
        (GradesPlugin, "score", ("student_id", "eve")),
        (CanvasPlugin, "tiny", ("SIS Login ID", "eve")),
        (MoodlePlugin, "tiny (Real)", ("Email address", "eve@u.edu")),
        (GradescopePlugin, "Total Score", ("SID", "1000005")),
    ],
)
def test_what_is_missing_is_zero_if_it_is_asked_for(course, plugin, column, missing):
    """Held back and ungraded scores stay empty."""
    _, lines = export(course, plugin, missing_as_zero=True)
    key, eve = missing
    assert by(lines, key)[eve][column] == "0.0"
    assert sum(line[column] == "" for line in lines) == 2


def test_whom_two_teams_name_has_no_score(course, caplog):
    """The log and the columns say so; it is never 0, even if missing submissions are 0."""
    path = course.root / "autograded" / "dan" / "tiny" / "tiny.ipynb"
    before = path.read_text()
    whole = nbformat.reads(before, as_version=4)
    whole.metadata[KEY] = nbformat.from_dict(Report(Status.GRADED, ()).to_dict())
    whole.cells[1].source = HEAD + FAY
    nbformat.write(whole, path)
    try:
        with caplog.at_level(logging.WARNING):
            _, lines = export(course, GradesPlugin, missing_as_zero=True)
    finally:
        path.write_text(before)
    fay = by(lines, "student_id")["fay"]
    assert (fay["score"], fay["test_scaler"], fay["status"]) == ("", "", "in several teams")
    assert "in the submissions of ann and dan" in fay["team_remarks"]
    assert "tiny: fay: is in the submissions of ann and dan" in caplog.text
    assert "placeholders" not in caplog.text


@pytest.mark.parametrize("plugin", [GradesPlugin, CanvasPlugin, MoodlePlugin, GradescopePlugin])
def test_no_field_is_a_formula_in_any_of_them(course, tmp_path, plugin, caplog):
    """With any names, ids, sections and addresses, a student has a line or a warning."""
    hostile = tmp_path / "hostile.csv"
    hostile.write_text(
        "id,first_name,last_name,email,lms_user_id,username,section,sis_user_id\n"
        'eve,"=cmd|\'/C calc\'!A0", @SUM(1),+x@u.edu,-1001,\u3000=1,"a;=1+1",\uff1d1\n'
    )
    _, lines = export(course, plugin, roster=str(hostile), student=["eve", "ann"])
    fields = [field for line in lines for field in line.values()]
    assert not any(spreadsheet.is_formula(f) for f in fields if not f.startswith("    Points"))
    assert any("calc" in field for field in fields) == (plugin is not MoodlePlugin)
    if plugin in (CanvasPlugin, MoodlePlugin):
        assert "eve: an id or address looks like a formula" in caplog.text


def test_a_bad_roster_leaves_an_earlier_table_as_it_is(course, tmp_path, caplog):
    """The error has its remedy."""
    (tmp_path / "bad.csv").write_text("x\n1\n")
    with pytest.raises(SystemExit), caplog.at_level(logging.ERROR):
        export(course, GradesPlugin, roster=str(tmp_path / "bad.csv"))
    assert "must have a column `id`" in caplog.text

"""`autograder status`: a readable table that prints students' text safely."""

import io
import json
import shutil
from types import MappingProxyType

import pytest
from click.testing import CliRunner
from rich.console import Console
from rich.text import Text

from autograder import cli
from autograder.commands import status as status_module
from autograder.course import roster
from autograder.course.assignment import Assignment, AssignmentError
from autograder.course.roster import Roster
from autograder.gradebook.class_record import ClassRecord, Record
from autograder.gradebook.entry import NOT_GRADED, Entry
from autograder.results.outcome import Outcome
from autograder.results.report import Report, Status
from tests.autograder.gradebook.test_membership import PLACEHOLDERS, ROWS, add_table, hand_in
from tests.autograder.support.results import judged, property_of
from tests.autograder.support.tiny import make_course
from tests.conftest import PROJECT

CLASS = [
    Entry("ann", {"test_scaler": 1.5}, Status.REMARKS, ("cell `scaler` was [bold]missing[/bold]",)),
    Entry("bob", {"test_scaler": None}, Status.HELD),
    Entry("cem", {"test_scaler": 2.0}, Status.GRADED),
    Entry("dan", {"test_scaler": None}, Status.MISSING),
]


@pytest.fixture
def status(tiny, monkeypatch, empty_gradebook):
    """A function that runs `autograder status` on a class and returns click's result."""

    def run(lines=CLASS, *options, reports=MappingProxyType({})):
        people = Roster.of((), roster.find(tiny.root))
        records = [Record(line, reports.get(line.student)) for line in lines]
        found = ClassRecord(tiny.items, records, people)
        monkeypatch.setattr(status_module, "read_class", lambda assignment, db: found)
        shutil.copy(empty_gradebook, tiny.root)
        words = ["status", "tiny", "--course", str(tiny.root), *options]
        return CliRunner().invoke(cli.commands, words, env={"COLUMNS": "120"})

    return run


def rows(result):
    return {words[0]: words[1:] for line in result.output.splitlines() if (words := line.split())}


def test_the_table_has_a_line_for_each_student(status):
    """Student, points of each item, total, status: an unknown value is a dash."""
    found = rows(status())
    assert found["tiny:"] == ["4", "students"]
    assert found["ann"][:2] == ["1.5", "1.5"]
    assert found["bob"] == ["-", "-", "grader's", "fault"]
    assert found["cem"] == ["2", "2", "graded"]
    assert found["dan"] == ["-", "-", "missing"]


def test_the_table_has_the_points_of_each_item(tmp_path, monkeypatch, empty_gradebook):
    """The header names each item and its points."""
    assignment = make_course(tmp_path, points=2.5)
    found = ClassRecord(assignment.items, [])
    monkeypatch.setattr(status_module, "read_class", lambda *_: found)
    shutil.copy(empty_gradebook, assignment.root)
    words = ["status", "tiny", "--course", str(assignment.root)]
    result = CliRunner().invoke(cli.commands, words, env={"COLUMNS": "120"})
    assert "scaler" in result.output
    assert result.output.count("of 2.5") == 2  # the item and the total


def test_who_was_graded_without_isolation_is_named(status):
    """A line names the students whose code ran unconfined."""
    bare = Entry("eve", {"test_scaler": 1.0}, Status.GRADED, isolation="not isolated")
    assert "graded not isolated: eve" in status([*CLASS, bare]).output
    assert "not isolated" not in status().output


def test_a_member_has_the_points_of_the_teams_submission(status, tiny):
    """A student in one team's table is not missing; a student in none is."""
    add_table(tiny, PLACEHOLDERS)
    hand_in(tiny, "cem", ROWS["cem"] + ROWS["dan"])
    (tiny.root / "roster.csv").write_text("id,email\ncem,cem@u.edu\ndan,dan@u.edu\n")
    result = status([*CLASS, Entry("eve", {"test_scaler": None}, Status.MISSING)])
    found = rows(result)
    assert found["dan"] == ["2", "2", "in", "another's", "submission"]
    assert found["eve"] == ["-", "-", "missing"]
    assert "dan: in the submission of cem" in result.output


def test_the_document_has_the_points_of_each_criterion(status, tiny):
    """A member has those of the team's submission; without a grade there are none."""
    lost = property_of("adds", Outcome.FAILED)
    item = judged(property_of("scales"), lost, property_of("keeps"), name="test_scaler")
    graded = Entry("cem", {"test_scaler": 1.4}, Status.GRADED)
    add_table(tiny, PLACEHOLDERS)
    hand_in(tiny, "cem", ROWS["cem"])
    (tiny.root / "roster.csv").write_text("id,submission_of\ncem,\ndan,cem\n")
    waiting = Entry("eve", {"test_scaler": None}, NOT_GRADED)
    report = Report(Status.GRADED, (item,))
    result = status([graded, CLASS[3], waiting], "--json", reports={"cem": report, "eve": report})
    cem, dan, eve = json.loads(result.stdout)["students"]
    assert cem["criteria"] == {
        "test_scaler": [
            {"name": "scales", "points": 1.2, "max_points": 1.2, "outcome": "passed"},
            {"name": "adds", "points": 0.0, "max_points": 0.6, "outcome": "failed"},
            {"name": "keeps", "points": 0.2, "max_points": 0.2, "outcome": "passed"},
        ]
    }
    assert dan["criteria"] == cem["criteria"]
    assert eve["criteria"] == {}


def test_remarks_are_shown_as_they_are(status):
    """A remark may quote a student's code: nothing in it is taken for markup."""
    assert "ann: cell `scaler` was [bold]missing[/bold]" in status().output


def test_a_students_name_is_shown_as_it_is(status):
    """A folder's name is no markup either."""
    result = status([Entry("[red]eve[/]", {"test_scaler": 1.0}, Status.GRADED)])
    assert result.exception is None
    assert "[red]eve[/]" in result.output


def test_no_name_moves_the_cursor(status):
    """Control characters in a folder's name are not printed."""
    result = status([Entry("e\x1b[2Jve", {"test_scaler": 1.0}, Status.REMARKS, ("a\rb",))])
    assert r"e\x1b[2Jve" in result.output
    assert r"a\x0db" in result.output


def test_the_gradebook_is_the_courses_own(tiny, monkeypatch, empty_gradebook):
    """Without `--db` it is gradebook.db in the course."""
    asked = []
    monkeypatch.setattr(
        status_module, "read_class", lambda _, db: asked.append(db) or ClassRecord([], [])
    )
    shutil.copy(empty_gradebook, tiny.root)
    words = ["status", "tiny", "--course", str(tiny.root)]
    CliRunner().invoke(cli.commands, words)
    elsewhere = tiny.root / "elsewhere.db"
    shutil.copy(empty_gradebook, elsewhere)
    CliRunner().invoke(cli.commands, [*words, "--db", f"sqlite:///{elsewhere}"])
    assert asked == [f"sqlite:///{tiny.root}/gradebook.db", f"sqlite:///{elsewhere}"]


def test_a_missing_gradebook_comes_with_its_remedy(tiny):
    """Before anything was released there is no gradebook, and the error says what to run."""
    result = CliRunner().invoke(cli.commands, ["status", "tiny", "--course", str(tiny.root)])
    assert isinstance(result.exception, AssignmentError)
    assert "gradebook.db not found: run `autograder grade" in str(result.exception)


def test_the_table_fits_a_narrow_terminal():
    """With four items, 60 columns are enough: ids and status are folded, and no point."""
    assignment = Assignment(PROJECT, "dropout_l2")
    points = dict.fromkeys((item.name for item in assignment.items), 0.85)
    on = Console(width=60, force_terminal=True, file=io.StringIO())
    whole = ClassRecord(assignment.items, [Record(Entry("student-01", points, Status.REMARKS))])
    status_module.print_status(on, assignment.name, whole)
    lines = on.file.getvalue().splitlines()
    assert max(len(Text.from_ansi(line).plain) for line in lines) <= 60
    assert on.file.getvalue().count("0.85") == 4

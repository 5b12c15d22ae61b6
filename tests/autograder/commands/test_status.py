"""`autograder status`: a readable table that prints students' text safely."""

import io
import json
import re
import shutil
from dataclasses import replace
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
from autograder.results.report import NEXT_STEP, Report, Status
from tests.autograder.gradebook.test_membership import PLACEHOLDERS, ROWS, add_table, hand_in
from tests.autograder.support.results import judged, property_of
from tests.autograder.support.tiny import add_rubric, make_course
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
    result = status()
    found = rows(result)
    assert result.output.startswith(
        "tiny, 4 students: 1 graded with remarks, 1 grader's fault, 1 graded, 1 missing\n"
    )
    assert found["ann"][:2] == ["1.5", "1.5"]
    assert found["bob"] == ["-", "-", "grader's", "fault"]
    assert found["cem"] == ["2", "2", "graded"]
    assert found["dan"] == ["-", "-", "missing"]


def test_the_table_has_the_points_of_each_item(tmp_path, monkeypatch, empty_gradebook):
    """Each item has a line, with its title for students."""
    assignment = add_rubric(make_course(tmp_path, points=2.5))
    rubric = assignment.hidden / "rubric.toml"
    rubric.write_text(f'[test_scaler]\ntitle = "Scale, twice"\n{rubric.read_text()}')
    found = ClassRecord(assignment.items, [])
    monkeypatch.setattr(status_module, "read_class", lambda *_: found)
    shutil.copy(empty_gradebook, assignment.root)
    words = ["status", "tiny", "--course", str(assignment.root)]
    result = CliRunner().invoke(cli.commands, words, env={"COLUMNS": "120"})
    assert "item 1: Scale, twice, 2.5 points\ntotal: 2.5 points\n" in result.output


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
    assert found["dan"][:5] == ["2", "2", "in", "another's", "submission"]
    assert found["eve"] == ["-", "-", "missing"]
    assert found["dan"][5:] == ["in", "the", "submission", "of", "cem"]


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
    assert "graded with remarks  cell `scaler` was [bold]missing[/bold]\n" in status().output


def test_the_cause_stands_before_the_next_step(status):
    """To read the remarks is no step of its own, where they are shown."""
    step = NEXT_STEP[Status.REMARKS]
    ann = Entry("ann", {"test_scaler": 1.0}, Status.REMARKS, ("a", "b"), "a; b", step)
    bob = Entry("bob", {"test_scaler": None}, Status.HELD, (), "it broke", "mend it")
    found = rows(status([ann, bob]))
    assert found["ann"][-2:] == ["a;", "b"]
    assert found["bob"][-4:] == ["it", "broke;", "mend", "it"]


def test_the_document_counts_the_students(status):
    """By status, the most frequent one first."""
    lines = [*CLASS, replace(CLASS[2], student="eve")]
    document = json.loads(status(lines, "--json").stdout)
    assert next(iter(document["counts"].items())) == ("graded", 2)
    assert sum(document["counts"].values()) == len(document["students"])


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


@pytest.mark.parametrize(
    ("columns", "cut"),
    [(60, "graded with"), (80, "code cell"), (120, "code cell 1, line 1"), (500, "")],
)
def test_each_student_has_one_line_on_a_terminal_of_any_width(columns, cut):
    """What is too long ends in "…", and a last line says how to read it; no point is cut."""
    assignment = Assignment(PROJECT, "dropout_l2")
    points = dict.fromkeys((item.name for item in assignment.items), 0.85)
    remark = f"code cell 1, line 1: {'skipped: it did not finish, ' * 8}the end"
    entry = Entry("student-01", points, Status.REMARKS, (remark,))
    on = Console(width=columns, force_terminal=True, file=io.StringIO(), highlight=False)
    status_module.print_status(on, assignment.name, ClassRecord(assignment.items, [Record(entry)]))
    lines = Text.from_ansi(on.file.getvalue()).plain.splitlines()
    assert max(map(len, lines)) <= columns
    (row,) = [line for line in lines if "0.85" in line]
    assert row.split()[:6] == ["student-01", *["0.85"] * 4, "3.4"]
    assert ("the end" in row) == (not cut)
    assert re.search(rf"{cut}[^…]*…$" if cut else "the end$", row.rstrip())
    assert ("cut to fit" in lines[-1]) == bool(cut)

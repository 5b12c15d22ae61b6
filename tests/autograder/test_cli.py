"""The command line: a table that reads well, and one exit code for each kind of end."""

import sys

import click
import pytest
from click.testing import CliRunner

import autograder
from autograder import cli
from autograder.assignment import AssignmentError
from autograder.ledger import Entry
from autograder.report import Status
from tests.autograder.conftest import make_course

CLASS = [
    Entry("ann", {"test_scaler": 1.5}, Status.REMARKS, ("cell `scaler` was [bold]missing[/bold]",)),
    Entry("bob", {"test_scaler": None}, Status.HELD),
    Entry("cem", {"test_scaler": 2.0}, Status.GRADED),
    Entry("dan", {"test_scaler": None}, Status.MISSING),
]


@pytest.fixture
def status(tiny, monkeypatch):
    """A function that runs `autograder status` on a class and returns click's result."""

    def run(lines=CLASS, *options):
        monkeypatch.setattr(cli, "entries", lambda assignment, db: iter(lines))
        (tiny.root / "gradebook.db").touch()
        words = ["status", "tiny", "--course", str(tiny.root), *options]
        return CliRunner().invoke(cli.commands, words, env={"COLUMNS": "120"})

    return run


def rows(result):
    return {words[0]: words[1:] for line in result.output.splitlines() if (words := line.split())}


def test_the_table_has_a_line_for_each_student(status):
    """Student, points of each item, total, status: what is not known is a dash."""
    found = rows(status())
    assert found["tiny:"] == ["4", "students"]
    assert found["ann"][:2] == ["1.5", "1.5"]
    assert found["bob"] == ["-", "-", "grader's", "fault"]
    assert found["cem"] == ["2", "2", "graded"]
    assert found["dan"] == ["-", "-", "missing"]


def test_the_table_has_the_points_of_each_item(tmp_path, monkeypatch):
    """The head names each item and what it is worth."""
    assignment = make_course(tmp_path, points=2.5)
    monkeypatch.setattr(cli, "entries", lambda *_: iter([]))
    (assignment.root / "gradebook.db").touch()
    words = ["status", "tiny", "--course", str(assignment.root)]
    result = CliRunner().invoke(cli.commands, words, env={"COLUMNS": "120"})
    assert "scaler" in result.output
    assert result.output.count("of 2.5") == 2  # the item and the total


def test_remarks_are_shown_as_they_are(status):
    """A remark may quote a student's code: nothing in it is taken for markup."""
    assert "ann: cell `scaler` was [bold]missing[/bold]" in status().output


def test_a_students_name_is_shown_as_it_is(status):
    """A folder's name is no markup either."""
    result = status([Entry("[red]eve[/]", {"test_scaler": 1.0}, Status.GRADED)])
    assert result.exception is None
    assert "[red]eve[/]" in result.output


def test_the_gradebook_is_the_courses_own(tiny, monkeypatch):
    """Without `--db` it is gradebook.db in the course; with it, what it says."""
    asked = []
    monkeypatch.setattr(cli, "entries", lambda assignment, db: asked.append(db) or iter([]))
    (tiny.root / "gradebook.db").touch()
    words = ["status", "tiny", "--course", str(tiny.root)]
    CliRunner().invoke(cli.commands, words)
    elsewhere = tiny.root / "elsewhere.db"
    elsewhere.touch()
    CliRunner().invoke(cli.commands, [*words, "--db", f"sqlite:///{elsewhere}"])
    assert asked == [f"sqlite:///{tiny.root}/gradebook.db", f"sqlite:///{elsewhere}"]


def test_a_missing_gradebook_comes_with_its_remedy(tiny):
    """Before anything was released there is no gradebook, and the error says what to run."""
    result = CliRunner().invoke(cli.commands, ["status", "tiny", "--course", str(tiny.root)])
    assert isinstance(result.exception, AssignmentError)
    assert "gradebook.db not found: run `nbgrader" in str(result.exception)


@pytest.fixture
def main(monkeypatch, capsys):
    """A function that runs the console script and returns its exit code, output and errors."""
    monkeypatch.setenv("PATH", "/usr/bin")

    def run(*words):
        monkeypatch.setattr(sys, "argv", ["autograder", *words])
        try:
            cli.main()
            code = 0
        except SystemExit as end:
            code = end.code
        return (code, *capsys.readouterr())

    return run


@pytest.mark.parametrize("words", [["--help"], ["-h"], ["--version"], ["status", "--help"]])
def test_help_is_no_error(main, words):
    """Help and version end with 0."""
    code, out, err = main(*words)
    assert (code, err) == (0, "")
    assert autograder.__version__ in out or "Usage: " in out


@pytest.mark.parametrize(
    "words", [[], ["nonsense"], ["status"], ["status", "tiny", "--course", "/no/such/folder"]]
)
def test_wrong_usage_ends_with_2(main, words):
    """What was not understood is told with the usage."""
    code, out, err = main(*words)
    assert code == 2
    assert "Usage: " in out + err


def test_an_expected_failure_ends_with_1(main, tmp_path):
    """A fault in the course's files is one line with its remedy, and no traceback."""
    code, out, err = main("status", "tiny", "--course", str(tmp_path))
    assert (code, out) == (1, "")
    assert err.startswith("Error: ")
    assert len(err.splitlines()) == 1


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (AssignmentError("release not found: run it"), 1),
        (click.UsageError("no"), 2),
        (click.exceptions.Abort(), 130),
        (KeyboardInterrupt(), 130),
        (KeyError("key"), 3),
        (RecursionError(), 3),
    ],
    ids=lambda value: type(value).__name__,
)
def test_each_kind_of_error_has_its_exit_code(main, monkeypatch, error, code):
    """0 all done, 1 an expected failure, 2 usage, 3 a bug of ours, 130 interrupted."""

    def commands(*, standalone_mode):
        assert not standalone_mode
        raise error

    monkeypatch.setattr(cli, "commands", commands)
    found, _, err = main()
    assert found == code
    assert ("This is a bug in autograder" in err) == (code == 3)
    assert ("Traceback" in err) == (code == 3)

"""The command line: help that is no error, and one exit code for each kind of end."""

import sqlite3
import subprocess
import sys

import click
import pytest
from click.testing import CliRunner
from sqlalchemy.exc import OperationalError

import autograder
from autograder import cli
from autograder.course.assignment import AssignmentError


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


@pytest.mark.parametrize(
    "words",
    [
        ["--help"],
        ["-h"],
        ["--version"],
        ["status", "--help"],
        ["audit", "-h"],
        ["leaks", "-h"],
        ["report", "-h"],
        ["teams", "-h"],
        ["grade", "-h"],
        ["check", "-h"],
    ],
)
def test_help_is_no_error(main, words):
    """Help and version end with 0."""
    code, out, err = main(*words)
    assert (code, err) == (0, "")
    assert autograder.__version__ in out or "Usage: " in out


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["nonsense"],
        ["status"],
        ["status", "tiny", "--course", "/no/such/folder"],
        ["audit"],
        ["leaks"],
        ["report"],
        ["teams"],
        ["grade"],
        ["check"],
        ["check", "nowhere.ipynb"],
        ["grade", "tiny", "--workers", "0"],
        ["audit", "tiny", "--jobs", "0"],
        ["audit", "tiny", "--repeat", "-1"],
    ],
)
def test_wrong_usage_ends_with_2(main, words):
    """An argument that was not understood is an error that shows the usage."""
    code, out, err = main(*words)
    assert code == 2
    assert "Usage: " in out + err


@pytest.mark.parametrize("name", cli.COMMANDS)
def test_each_commands_help_has_an_example_and_the_exit_codes(main, name):
    """Below what it does, and each on a line of its own."""
    _, out, _ = main(name, "--help")
    lines = [line.strip() for line in out.splitlines()]
    assert any(line.startswith(f"autograder {name} ") for line in lines)
    codes = [line.split()[0] for line in lines[lines.index("Exit codes:") + 1 :]]
    assert codes == ["0", "1", "2", "3", "130"]


@pytest.mark.parametrize(
    ("words", "reported"),
    [
        (["repot"], "No such command 'repot'. Did you mean 'report'?"),
        (["nonsense"], "No such command 'nonsense'."),
        (["grade", "tiny", "--studnet", "x"], "Did you mean '--student'?"),
    ],
)
def test_what_was_meant_is_suggested(main, words, reported):
    """Of commands and options."""
    code, _, err = main(*words)
    assert code == 2
    assert err.strip().endswith(reported)


def test_an_assignment_that_was_meant_is_suggested(main, tmp_path):
    """By its folder in source/, with those that there are."""
    (tmp_path / "source" / "dropout_l2").mkdir(parents=True)
    code, _, err = main("status", "dropout_12", "--course", str(tmp_path))
    assert code == 1
    assert "no assignment dropout_12 (did you mean dropout_l2?): use one of dropout_l2" in err


@pytest.mark.parametrize(
    "name", [name for name in cli.COMMANDS if name not in ("check", "init", "new")]
)
def test_outside_a_course_the_error_says_so(main, monkeypatch, tmp_path, name):
    """It is one line, with the remedy first."""
    monkeypatch.chdir(tmp_path)
    code, out, err = main(name, "tiny")
    where = f"(source/tiny not found in {tmp_path})"
    assert (code, out) == (1, "")
    assert err == f"Error: this is no course folder: cd into it or use --course {where}\n"


def test_outside_a_course_no_notebook_is_checked(main, monkeypatch, tmp_path):
    """The error comes before the question whether the notebook may run."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "tiny.ipynb").write_text("{}")
    code, _, err = main("check", "tiny.ipynb")
    assert code == 1
    assert err.startswith("Error: this is no course folder: cd into it or use --course (")


def words_of(text):
    """Return a text on one line, without the marks of click."""
    return " ".join(text.replace("\b", "").split())


@pytest.mark.parametrize("columns", [40, 60, 80])
def test_each_command_has_its_whole_summary(columns):
    """It is folded where it is too long, and not cut."""
    result = CliRunner().invoke(cli.commands, ["--help"], terminal_width=columns)
    listed = words_of(result.stdout.partition("Commands:")[2])
    for name in cli.COMMANDS:
        command = cli.commands.get_command(click.Context(cli.commands), name)
        assert f"{name} {words_of(command.help.split(chr(10) * 2)[0])}" in listed


@pytest.mark.parametrize("columns", [60, 80, 100])
@pytest.mark.parametrize("name", cli.COMMANDS)
def test_each_option_and_example_is_whole(name, columns):
    """Options are folded at blanks; an example keeps its line, which fits 80 columns."""
    command = cli.commands.get_command(click.Context(cli.commands), name)
    result = CliRunner().invoke(cli.commands, [name, "--help"], terminal_width=columns)
    printed = words_of(result.stdout)
    for param in command.params:
        assert words_of(getattr(param, "help", "") or "") in printed
    examples = [line.strip() for line in command.help.splitlines() if "  autograder " in line]
    assert examples
    lines = result.stdout.splitlines()
    assert {f"    {example}" for example in examples} <= {*lines}
    assert max(map(len, lines)) <= max(columns, 80)


@pytest.mark.parametrize("command", ["status", "audit", "leaks", "grade", "report", "teams"])
def test_an_expected_failure_ends_with_1(main, tmp_path, command):
    """A fault in the course's files is one line with its remedy, and no traceback."""
    code, out, err = main(command, "tiny", "--course", str(tmp_path))
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

    def commands(*, prog_name, standalone_mode):
        assert not standalone_mode
        raise error

    monkeypatch.setattr(cli, "commands", commands)
    found, _, err = main()
    assert found == code
    assert ("This is a bug in autograder" in err) == (code == 3)
    assert ("Traceback" in err) == (code == 3)


def test_a_locked_gradebook_has_its_remedy(main, monkeypatch):
    """Not the SQL that waited for it."""

    def commands(**_):
        raise OperationalError("SELECT", {}, sqlite3.OperationalError("database is locked"))

    monkeypatch.setattr(cli, "commands", commands)
    code, _, err = main()
    assert code == 1
    assert err == (
        "Error: the gradebook must be free (database is locked): "
        "close what else is using it, and try again\n"
    )


def test_the_package_can_be_run():
    """`python -m autograder` is the console script."""
    words = [sys.executable, "-m", "autograder", "--version"]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    assert autograder.__version__ in done.stdout

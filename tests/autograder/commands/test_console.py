"""The console: the output on terminals, in pipes, and in small encodings."""

import json
import os
import pty
import re
import subprocess
import sys

import pytest

import autograder
from autograder.commands.console import Once
from tests.conftest import PROJECT

RUN = [sys.executable, "-c", "from autograder.cli import main; main()"]
LONG = "student-with-an-id-of-many-more-letters-than-a-column-has-in-any-terminal-of-eighty"
COLOUR = re.compile(r"\x1b\[[\d;]*3[0-7]")


@pytest.fixture
def course(tiny_course):
    """Two submissions that are not graded."""
    tiny_course.hand_in(LONG)
    tiny_course.hand_in("Größe")
    return tiny_course


def environment(**variables):
    left_out = ("COLUMNS", "LINES", "NO_COLOR", "FORCE_COLOR", "TERM", "PYTHONIOENCODING")
    kept = {name: value for name, value in os.environ.items() if name not in left_out}
    return {**kept, "PYTHONPATH": str(PROJECT), **variables}


def run(*words, **variables):
    """Run the console script in the course's folder, into pipes."""
    return subprocess.run(
        [*RUN, *words], env=environment(**variables), capture_output=True, check=False
    )


def on_terminal(*words, columns=100, **variables):
    """Run the console script on a terminal, and return what it printed there."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [*RUN, *words],
        env=environment(TERM="xterm-256color", COLUMNS=str(columns), **variables),
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    printed = b""
    try:
        while chunk := os.read(ours, 4096):
            printed += chunk
    except OSError:  # the other side is closed
        pass
    os.close(ours)
    process.wait()
    return printed.decode()


@pytest.mark.usefixtures("course")
def test_in_a_pipe_there_are_no_colours_and_no_line_is_folded():
    """Each student has one line, with an id and remarks of any length, and no blanks at its end."""
    done = run("status", "tiny")
    assert (done.returncode, done.stderr) == (0, b"")
    printed = done.stdout.decode()
    assert "\x1b" not in printed
    row = rf"^ {LONG} +- +- +not graded yet  handed in, .*run `autograder grade tiny`$"
    assert re.search(row, printed, re.MULTILINE)
    assert not re.search(r" $", printed, re.MULTILINE)


@pytest.mark.usefixtures("course")
def test_on_a_terminal_there_are_colours():
    """They are for people; NO_COLOR takes them away."""
    assert COLOUR.search(on_terminal("status", "tiny"))
    assert not COLOUR.search(on_terminal("status", "tiny", NO_COLOR="1"))


@pytest.mark.usefixtures("course")
@pytest.mark.parametrize("columns", [60, 80, 140])
def test_a_table_fits_its_terminal(columns):
    """Each student has one line: a long id is cut, and points are shown whole."""
    printed = on_terminal("status", "tiny", columns=columns, NO_COLOR="1")
    lines = re.sub(r"\x1b\[[\d;]*m", "", printed).splitlines()
    assert max(len(line.rstrip()) for line in lines) <= columns
    (row,) = [line.split() for line in lines if LONG[:15] in line]
    assert row[1:3] == ["-", "-"]
    assert (row[0] == LONG) == (columns > 2 * len("graded yet") + len(LONG))
    assert ("…" in row[0]) == (row[0] != LONG)


@pytest.mark.usefixtures("course")
def test_an_encoding_that_has_little_ends_nothing():
    """Lines are drawn in ASCII, and letters that are not there are escaped."""
    done = run("status", "tiny", PYTHONIOENCODING="ascii", COLUMNS="100")
    assert (done.returncode, done.stderr) == (0, b"")
    assert rb"Gr\xf6\xdfe" in done.stdout
    assert b"|" in done.stdout
    error = run("status", "Größe", PYTHONIOENCODING="ascii")
    assert error.returncode == 1
    assert error.stderr.startswith(b"Error: ")


@pytest.mark.usefixtures("course")
@pytest.mark.parametrize("words", [["status", "tiny"], ["status", "tiny", "--json"], ["--help"]])
def test_a_reader_that_goes_away_ends_it_quietly(words):
    """As in `autograder status tiny | head -1`: no traceback."""
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb") as closed:
        done = subprocess.run(
            [*RUN, *words], env=environment(), stdout=closed, stderr=subprocess.PIPE, check=False
        )
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.usefixtures("course")
def test_json_is_the_only_thing_on_stdout(tiny_course):
    """Messages go to stderr, including a run's remarks and summary."""
    done = run("status", "tiny", "--json")
    assert (done.returncode, done.stderr) == (0, b"")
    assert [one["student"] for one in json.loads(done.stdout)["students"]] == ["Größe", LONG]
    done = run("grade", "tiny", "--json", "--dry-run", "--student", "Größe")
    assert json.loads(done.stdout)["would_be_graded"] == ["Größe"]
    assert b"1 submission: 1 would be graded" in done.stderr
    done = run("status", "tin", "--json")
    assert (done.returncode, done.stdout) == (1, b"")


def test_the_version_is_printed():
    """For reports of faults."""
    assert (
        run("--version").stdout.decode().strip() == f"autograder, version {autograder.__version__}"
    )


def test_a_line_is_reported_once():
    """Several processes write the same one."""
    reported = []
    report = Once(reported.append)
    for line in ("a", "b", "a"):
        report(line)
    assert reported == ["a", "b"]

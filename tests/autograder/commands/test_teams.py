"""`autograder teams`: the table of a class, and exit code 1 where a human should look."""

import shutil

import pytest
from click.testing import CliRunner
from nbgrader.api import Gradebook

from autograder import cli
from autograder.course.roster_file import RosterError
from tests.autograder.gradebook.test_membership import PLACEHOLDERS, ROWS, add_table, hand_in

ROSTER = "id,email,matriculation_number\nann,ann@u.edu,1000001\nben,ben@u.edu,1000002\n"


@pytest.fixture
def teams(tiny):
    """A function that runs `autograder teams` on the tiny course and returns click's result."""
    add_table(tiny, PLACEHOLDERS)

    def run(*options):
        words = ["teams", "tiny", "--course", str(tiny.root), *options]
        return CliRunner().invoke(cli.commands, words, env={"COLUMNS": "120"})

    return run


def test_a_class_without_oddities_ends_with_0(tiny, teams):
    """Each member has a line: the text, and the matching student."""
    hand_in(tiny, "ann", ROWS["ann"] + ROWS["ben"])
    (tiny.root / "roster.csv").write_text(ROSTER)
    result = teams()
    assert result.exit_code == 0, result.output
    lines = [line.split() for line in result.output.splitlines() if "@" in line]
    assert lines == [
        ["ann", "1", "Ann", "1000001", "ann@u.edu", "ann"],
        ["2", "Ben", "1000002", "ben@u.edu", "ben"],
    ]


def test_oddities_end_with_1(tiny, teams, tmp_path):
    """Below the table, each with its student; no markup of a name's is obeyed."""
    hand_in(tiny, "ann", ROWS["ann"] + "| Eve [red]B\x1b[2JC | 7777777 | eve@u.edu |\n")
    hand_in(tiny, "ben", PLACEHOLDERS)
    other = tmp_path / "other.csv"
    other.write_text(ROSTER)
    result = teams("--roster", str(other))
    assert result.exit_code == 1
    assert r"Eve [red]B\x1b[2JC" in result.output
    assert "ann: team, line 2: matches no student" in result.output
    assert "ben: the team's table still holds its placeholders" in result.output
    assert result.output.startswith("tiny, 2 submissions: 1 team, 0 alone, 1 without names\n")
    assert "nobody" not in result.output  # the placeholders say it


def test_what_is_the_same_for_many_is_said_once(tiny, teams):
    """With all students of whom it is true; only a team has lines in the table."""
    hand_in(tiny, "ann", ROWS["ann"])
    hand_in(tiny, "ben", ROWS["ben"])
    hand_in(tiny, "cem", PLACEHOLDERS)
    hand_in(tiny, "dan", PLACEHOLDERS)
    hand_in(tiny, "eve", ROWS["ann"].replace("1000001", "1"))
    (tiny.root / "roster.csv").write_text(ROSTER)
    result = teams()
    assert result.exit_code == 1
    lines = result.output.splitlines()
    assert lines[0] == "tiny, 5 submissions: 1 team, 2 alone, 2 without names"
    assert "works alone (2 students): ann, ben" in lines
    (placeholders,) = [line for line in lines if "placeholders" in line]
    assert placeholders.endswith("write your team there (2 students): cem, dan")
    assert [line.split()[0] for line in lines if "ann@u.edu" in line] == ["eve"]


def test_a_table_that_names_nobody_is_said_once(tiny, teams):
    """Of submissions that have no other problem, such as those that cannot be read."""
    for student in ("ann", "ben"):
        hand_in(tiny, student, ROWS[student])
        (tiny.root / "submitted" / student / "tiny" / "tiny.ipynb").write_text("{")
    result = teams()
    assert result.exit_code == 0, result.output
    assert result.output.splitlines() == [
        "tiny, 2 submissions: 0 teams, 0 alone, 2 without names",
        "the team's table names nobody (2 students): ann, ben",
    ]


def test_the_gradebooks_students_are_known(tiny, teams, empty_gradebook):
    """With their addresses; a roster is not needed for that."""
    hand_in(tiny, "ann", ROWS["ann"])
    assert teams().exit_code == 1
    shutil.copy(empty_gradebook, tiny.root)
    with Gradebook(f"sqlite:///{tiny.root / 'gradebook.db'}", "course") as gradebook:
        gradebook.add_student("ann", email="ann@u.edu")
    assert teams().exit_code == 0


def test_what_is_no_roster_is_an_error(tiny, teams, tmp_path):
    """With its remedy."""
    (tiny.root / "roster.csv").write_text("x\n1\n")
    assert isinstance(teams().exception, RosterError)
    assert teams("--roster", str(tmp_path / "none.csv")).exit_code == 2

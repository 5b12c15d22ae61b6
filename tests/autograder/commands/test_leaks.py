"""`autograder leaks`: each find is a line, and one is a failure."""

import json
import shutil

import pytest
from click.testing import CliRunner
from nbgrader.api import Gradebook

from autograder import cli
from autograder.course.assignment import AssignmentError


@pytest.fixture
def leaks(tiny):
    """A function that runs `autograder leaks` on the tiny course and returns click's result."""

    def run(*options):
        words = ["leaks", "tiny", "--course", str(tiny.root), *options]
        return CliRunner().invoke(cli.commands, words, env={"COLUMNS": "40"})

    return run


def test_no_leaks_end_with_0(leaks):
    """It prints what it searched and what it lacks; it needs and makes no gradebook."""
    result = leaks()
    assert (result.exit_code, result.exception) == (0, None)
    *missing, summary = result.output.splitlines()
    assert summary == "2 files, 0 leaks"
    reported = ("no feedback in feedback/*/tiny", "no solution in solution/tiny", "no gradebook")
    for line, what in zip(missing, reported, strict=True):
        assert line.startswith(f"not searched: {what}")


def test_where_there_is_nothing_to_look_through_nobody_says_that_nothing_leaks(tiny, leaks):
    """As in a course whose folders have other names than in its settings."""
    (tiny.root / "release").rename(tiny.root / "ausgabe")
    result = leaks()
    assert result.exit_code == 1
    assert "not searched: no release in release/tiny: run `nbgrader generate_assi" in result.output
    assert result.output.endswith("\nno file was searched\n")
    assert "0 leaks" not in result.output
    found = json.loads(leaks("--json").stdout)
    assert (found["files"], len(found["missing"])) == (0, 4)
    result = leaks("--CourseDirectory.release_directory=ausgabe")
    assert result.exit_code == 0
    assert "2 files, 0 leaks" in result.output


def test_leaks_end_with_1(tiny, leaks):
    """Each is a line of its own, as it is, with its place and its remedy."""
    path = tiny.root / "release" / "tiny" / "notes.txt"
    path.write_text("[red]\nsee /srv/course/[red]x.py\nreturn self.factor * x\n")
    result = leaks()
    assert result.exit_code == 1
    solution, folder, *_, summary = result.output.splitlines()
    assert solution.startswith("release/tiny/notes.txt, line 3: a line of the solution, `return")
    assert folder.startswith("release/tiny/notes.txt, line 2: a path of a machine, `/srv/course/`")
    assert "run `nbgrader generate_assignment tiny --force`" in folder
    assert summary == "3 files, 2 leaks"


def test_leaks_of_students_need_their_names(tiny, leaks, empty_gradebook):
    """Those of the course's gradebook, or of another; it prints how many names are too common."""
    assert isinstance(leaks("--db", "sqlite:///nowhere.db").exception, AssignmentError)
    (tiny.root / "release" / "tiny" / "notes.txt").write_text("Ask Jones.\n")
    elsewhere = tiny.root / "elsewhere.db"
    shutil.copy(empty_gradebook, elsewhere)
    with Gradebook(f"sqlite:///{elsewhere}", "course") as gradebook:
        gradebook.add_student("x", last_name="Jones")
    assert leaks().exit_code == 0
    result = leaks("--db", f"sqlite:///{elsewhere}")
    assert result.exit_code == 1
    assert "another student's datum, `Jones`" in result.output
    assert "not searched for: 1 student's name, too short or too common" in result.output

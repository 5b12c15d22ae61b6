"""`autograder leaks`: each find is a line, and one is a failure."""

import shutil

import pytest
from click.testing import CliRunner
from nbgrader.api import Gradebook

from autograder import cli
from autograder.assignment import AssignmentError


@pytest.fixture
def leaks(tiny):
    """A function that runs `autograder leaks` on the tiny course and returns click's result."""

    def run(*options):
        words = ["leaks", "tiny", "--course", str(tiny.root), *options]
        return CliRunner().invoke(cli.commands, words, env={"COLUMNS": "40"})

    return run


def test_no_leaks_end_with_0(leaks):
    """It is told how much was looked through; no gradebook is needed, and none is made."""
    result = leaks()
    assert (result.exit_code, result.exception) == (0, None)
    assert result.output.splitlines() == ["1 files, 0 leaks"]


def test_leaks_end_with_1(tiny, leaks):
    """Each is a line of its own, as it is, with its place and its remedy."""
    path = tiny.root / "release" / "tiny" / "notes.txt"
    path.write_text("[red]\nsee /srv/course/[red]x.py\nreturn self.factor * x\n")
    result = leaks()
    assert result.exit_code == 1
    solution, folder, summary = result.output.splitlines()
    assert solution.startswith("release/tiny/notes.txt, line 3: a line of the solution, `return")
    assert folder.startswith("release/tiny/notes.txt, line 2: a path of a machine, `/srv/course/`")
    assert "run `nbgrader generate_assignment tiny --force`" in folder
    assert summary == "2 files, 2 leaks"


def test_leaks_of_students_need_their_names(tiny, leaks, empty_gradebook):
    """Those of the course's gradebook, or of another; names too common to look for are told."""
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
    assert "1 names of students are too short or too common to look for" in result.output

"""`autograder new`: writes an assignment, and says what to do with it."""

import pytest
from click.testing import CliRunner

from autograder import cli
from autograder.course.assignment import AssignmentError


@pytest.fixture
def root(tmp_path, monkeypatch):
    """An empty course that has our lines."""
    monkeypatch.setenv("JUPYTER_CONFIG_DIR", str(tmp_path / "nothing"))
    (tmp_path / "source").mkdir()
    monkeypatch.chdir(tmp_path)
    CliRunner().invoke(cli.commands, ["init", "--yes"])
    return tmp_path


def new(*words):
    return CliRunner().invoke(cli.commands, ["new", *words])


def test_it_names_the_files_and_three_commands(root):
    """Each file has its path in the course."""
    result = new("attention")
    assert result.exit_code == 0, result.output
    files, _, commands = result.stdout.partition("\nNext:\n")
    assert "source/attention/attention.ipynb" in files.splitlines()
    assert all((root / path).is_file() for path in files.splitlines())
    assert [line.split("    ")[0].strip() for line in commands.splitlines()] == [
        "nbgrader generate_assignment attention",
        "autograder audit attention",
        "autograder grade attention",
    ]


def test_an_assignment_that_exists_stays(root):
    """As it is."""
    new("scaling")
    notebook = root / "source" / "scaling" / "scaling.ipynb"
    notebook.write_text("my own")
    result = new("scaling")
    assert isinstance(result.exception, AssignmentError)
    assert "is there already, and nothing is overwritten" in str(result.exception)
    assert notebook.read_text() == "my own"


def test_a_course_without_our_lines_gets_no_assignment(root):
    """nbgrader would not run its hidden tests, and would give full marks."""
    CliRunner().invoke(cli.commands, ["init", "--remove", "--yes"])
    result = new("scaling")
    assert isinstance(result.exception, AssignmentError)
    assert "run `autograder init`" in str(result.exception)
    assert not (root / "tests").exists()

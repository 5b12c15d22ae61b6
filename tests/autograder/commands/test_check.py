"""`autograder check`: the release's own check, with a table for people and JSON for scripts."""

import json

import pytest
from click.testing import CliRunner

from autograder import cli
from autograder.assignment import AssignmentError
from tests.autograder.tiny import make_course

MODULE = """\
HIDDEN = "The hidden tests look at more."


def headline(findings):
    return f"{findings['count']} told"


def examine(path, seconds, progress):
    progress(1, 2)
    findings = {"notebook": path.name, "count": seconds, "ready": "right" in path.read_text()}
    if findings["ready"]:
        return {**findings, "problems": [], "checks": [], "errors": [], "remarks": []}
    return {
        **findings,
        "problems": [{"where": "cell `[red]`", "what": "is missing", "remedy": "take it anew"}],
        "checks": [
            {"item": "test_one", "passed": True, "message": ""},
            {"item": "test_two", "passed": False, "message": "y=1\\x1b[2J, but should be 2"},
            {"item": "three", "passed": False, "message": "for cell 3 (x)", "waits_for": "cell 3"},
        ],
        "errors": [{"where": "cell 3", "message": "KeyError: 'x'"}],
        "remarks": ["something odd"],
    }
"""


@pytest.fixture
def root(tmp_path):
    """A course whose assignment has a check of its own, and somebody's two notebooks."""
    root = make_course(tmp_path / "course").root
    (root / "source" / "tiny" / "check.py").write_text(MODULE)
    (tmp_path / "tiny.ipynb").write_text("right")
    (tmp_path / "wrong.ipynb").write_text("wrong")
    return root


@pytest.fixture
def check(root):
    """A function that runs `autograder check` on notebooks and returns click's result."""

    def run(*words, **options):
        paths = [str(root.parent / word) if word.endswith(".ipynb") else word for word in words]
        words = ["check", "--course", str(root), *paths]
        return CliRunner().invoke(cli.commands, words, env={"COLUMNS": "200"}, **options)

    return run


def test_a_notebook_that_is_ready_ends_with_0(check):
    """It is told that the hidden tests look at more all the same."""
    result = check("tiny.ipynb", "--timeout", "7")
    assert (result.exit_code, result.exception, result.stderr) == (0, None, "")
    first, last = result.stdout.splitlines()
    assert first.endswith("tiny.ipynb: 7.0 told")
    assert last == "The hidden tests look at more."


def test_one_that_is_not_ready_ends_with_1(check):
    """All that its check has found is told as it is, and nothing moves the cursor."""
    result = check("tiny.ipynb", "wrong.ipynb")
    assert result.exit_code == 1
    rows = [line.split() for line in result.stdout.splitlines()]
    assert ["cell", "`[red]`", "is", "missing", "take", "it", "anew"] in rows
    assert ["test_one", "passes"] in rows
    assert ["test_two", "fails", "y=1?[2J,", "but", "should", "be", "2"] in rows
    assert ["three", "waits", "for", "cell", "3", "(x)"] in rows
    assert ["cell", "3", "KeyError:", "'x'"] in rows
    assert ["remark:", "something", "odd"] in rows


def test_json_has_all_notebooks(check, root):
    """By the paths under which they were named; the exit code is the same."""
    result = check("tiny.ipynb", "wrong.ipynb", "--json")
    assert (result.exit_code, result.stderr) == (1, "")
    document = json.loads(result.stdout)
    assert document["ready"] is False
    right, wrong = document["notebooks"]
    assert (right["notebook"], right["ready"]) == (str(root.parent / "tiny.ipynb"), True)
    assert wrong["problems"][0]["remedy"] == "take it anew"
    assert check("tiny.ipynb", "--json").exit_code == 0


@pytest.mark.parametrize("folder", ["submitted", "autograded"])
def test_what_others_have_handed_in_is_not_run(check, root, folder):
    """It would run with the staff's own rights."""
    path = root / folder / "student-01" / "tiny" / "tiny.ipynb"
    path.parent.mkdir(parents=True)
    path.write_text("right")
    result = check(str(path))
    assert result.exit_code == 2
    assert "grade it instead" in result.output


def test_of_several_assignments_the_one_with_the_notebooks_name_is_taken(check, root):
    """Otherwise it has to be said."""
    other = root / "source" / "other"
    other.mkdir()
    (root / "tests" / "hidden" / "other").mkdir()
    (other / "check.py").write_text(MODULE.replace("told", "told by the other"))
    assert "7.0 told\n" in check("tiny.ipynb", "--timeout", "7").output
    result = check("wrong.ipynb")
    assert result.exit_code == 2
    assert "may be of other, tiny: say of which, with --assignment" in result.output
    assert "told by the other" in check("wrong.ipynb", "--assignment", "other").output


def test_an_assignment_without_a_check_is_told_with_a_remedy(check, root):
    """Its check is a module beside the notebook, which any assignment can have."""
    (root / "source" / "tiny" / "check.py").unlink()
    result = check("tiny.ipynb")
    assert isinstance(result.exception, AssignmentError)
    assert "check.py not found: copy it there from another assignment" in str(result.exception)

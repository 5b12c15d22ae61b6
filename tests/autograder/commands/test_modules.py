"""`autograder modules`: writes the other form, and says how to go on."""

import pytest
from click.testing import CliRunner

from autograder import cli
from autograder.course.assignment import Assignment, AssignmentError


@pytest.fixture
def modules(tiny):
    """A function that runs `autograder modules` on the tiny course and returns click's result."""

    def run(*words):
        return CliRunner().invoke(cli.commands, ["modules", *words, "--course", str(tiny.root)])

    return run


def test_it_names_what_it_wrote_and_the_next_commands(tiny, modules):
    """Each stands on a line of its own, ready to be copied."""
    result = modules("tiny")
    assert (result.exit_code, result.exception) == (0, None)
    lines = result.output.splitlines()
    assert lines[:2] == ["wrote source/tiny_modules", "wrote tests/hidden/tiny_modules"]
    assert [line.split("#")[0].strip() for line in lines[2:]] == [
        "next:  nbgrader generate_solution tiny_modules",
        "nbgrader generate_assignment tiny_modules",
        "autograder grade tiny_modules",
    ]
    assert Assignment(tiny.root, "tiny_modules").answer_files == {"scaler.py": "scaler"}


def test_another_name_can_be_chosen(tiny, modules):
    """`--as` names it. Without `--force`, an existing one stays."""
    assert modules("tiny", "--as", "other").exit_code == 0
    assert Assignment(tiny.root, "other").answer_files == {"scaler.py": "scaler"}
    assert isinstance(modules("tiny", "--as", "other").exception, AssignmentError)
    assert modules("tiny", "--as", "other", "--force").exit_code == 0

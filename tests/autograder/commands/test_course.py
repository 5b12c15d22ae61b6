"""The course of a subcommand: the assignment that it is for."""

import shutil

import pytest

from autograder import cli
from autograder.commands import course as course_module
from tests.autograder.support.tiny import make_course
from tests.conftest import PROJECT


@pytest.fixture
def course(tmp_path):
    """A course in which `ps1` is an ordinary assignment of nbgrader's, with a notebook of its own."""
    assignment = make_course(tmp_path)
    shutil.copy(PROJECT / "nbgrader_config.py", tmp_path)
    folder = tmp_path / "source" / "ps1"
    folder.mkdir()
    notebook = tmp_path / "source" / "tiny" / "tiny.ipynb"
    (folder / "problem1.ipynb").write_bytes(notebook.read_bytes())
    (notebook.parent / "check.py").write_text("raise SystemExit(3)")
    return assignment.root


@pytest.mark.parametrize(
    ("words", "instead"),
    [
        (("grade", "ps1"), "nbgrader autograde ps1"),
        (("grade", "ps1", "--force", "--dry-run"), "nbgrader autograde ps1"),
        (("status", "ps1"), "nbgrader export --assignment=ps1"),
        (("report", "ps1"), "nbgrader export --assignment=ps1"),
        (("teams", "ps1"), "nbgrader export --assignment=ps1"),
        (("leaks", "ps1"), "nbgrader generate_assignment ps1"),
        (("audit", "ps1"), "nbgrader validate"),
        (("check", "source/ps1/problem1.ipynb"), "nbgrader validate"),
        (("check", "--assignment=ps1", "source/tiny/tiny.ipynb"), "nbgrader validate"),
    ],
)
def test_without_suites_the_command_of_nbgraders_is_named(
    course, monkeypatch, capsys, words, instead
):
    """One line says what is missing, where, and which command does the work; nothing is touched."""
    before = {path: path.stat().st_mtime_ns for path in course.rglob("*")}
    monkeypatch.chdir(course)
    monkeypatch.setattr("sys.argv", ["autograder", *words])
    with pytest.raises(SystemExit) as end:
        cli.main()
    assert end.value.code == 1
    reported = capsys.readouterr()
    (line,) = reported.err.splitlines()
    assert line.startswith("Error: ps1 has no hidden suites (tests/hidden/ps1 not found)")
    assert instead in line
    assert not reported.out
    assert {path: path.stat().st_mtime_ns for path in course.rglob("*")} == before


def test_every_command_has_its_counterpart():
    """So that no command names another's."""
    for_any_course = {"init", "new"}
    assert set(course_module.INSTEAD) == set(cli.COMMANDS) - for_any_course

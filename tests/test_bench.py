"""The bench: what it compares are the same submissions, judged by the same suites."""

import json
import subprocess
import sys

import nbformat
import pytest
from rich.console import Console

from autograder.course.assignment import Assignment
from autograder.course.specimen import mutants, variants
from autograder.startup import scripts
from bench import course
from bench.__main__ import Bench, _scores
from bench.plot import plot

CLASS = course.answers(2)  # a right one and a wrong one


@pytest.fixture(scope="module")
def ours(tmp_path_factory, grading_process):
    """A course of ours, and the points that grading gives its class."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", "/usr/bin:/bin")
        scripts.put_on_path()
        root = course.ours(tmp_path_factory.mktemp("bench") / "ours", CLASS)
    assignment = Assignment(root, course.NAME)
    points = {}
    for path in sorted(root.glob("submitted/*/*/*.ipynb")):
        report = grading_process.grade_notebook(assignment, nbformat.read(path, as_version=4))
        points |= {(path.parents[1].name, item.name): item.points for item in report.items}
    return root, points


def test_a_class_is_half_right_and_half_wrong():
    """Answers are drawn from variants and mutants in turn, each time the same."""
    assignment = Assignment(course.PROJECT, course.NAME)
    right, wrong = (
        {specimen.source for specimen in specimens}
        for specimens in (variants(assignment), mutants(assignment))
    )
    drawn = course.answers(40)
    assert drawn == course.answers(40)
    assert all(set(answer.values()) <= right for answer in drawn[::2])
    assert all(set(answer.values()) <= wrong for answer in drawn[1::2])
    assert len({answer["dropout"] for answer in drawn}) == 40


def test_the_floor_gives_the_same_points(ours):
    """Without wire and confinement the suites say the same."""
    root, points = ours
    _, found = Bench(root.parent, len(CLASS), Console(quiet=True))._floor(root)
    assert found == points


def graded_or_needed(cell):
    """Return whether points depend on a cell: the figures and the training take most of the time."""
    claims = cell.metadata.get("nbgrader", {})
    return claims.get("solution") or claims.get("grade") or claims.get("grade_id") == "imports"


def test_stock_gives_the_same_points(ours, monkeypatch):
    """So do they in an ordinary kernel, run by nbgrader alone."""
    root, points = ours
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    scripts.put_on_path()
    stock = course.stock(root.parent / "stock", CLASS[1:2])
    [submitted] = stock.glob("submitted/*/*/*.ipynb")
    notebook = nbformat.read(submitted, as_version=4)
    notebook.cells = [cell for cell in notebook.cells if graded_or_needed(cell)]
    nbformat.write(notebook, submitted)
    course.run(stock, "nbgrader", "autograde", course.NAME)
    wanted = {
        ("student-00000", item): value
        for (student, item), value in points.items()
        if student == "student-00001"
    }
    assert _scores(stock) == wanted
    assert sum(wanted.values()) < 3.0


def test_the_results_are_drawn(tmp_path):
    """The kept results give the kept picture's numbers."""
    figures = json.loads((course.PROJECT / "bench" / "results.json").read_text())
    plot(figures, tmp_path / "results.svg")
    drawn = (tmp_path / "results.svg").read_text()
    assert "stock nbgrader" in drawn
    assert drawn == (course.PROJECT / "bench" / "results.svg").read_text()


def test_help_needs_no_run():
    """`python -m bench --help` says what can be chosen."""
    done = subprocess.run(
        [sys.executable, "-m", "bench", "--help"],
        cwd=course.PROJECT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "--submissions" in done.stdout

"""A second assignment fits beside the first with files of its own and no change in the engine."""

import csv

import nbformat
from nbformat.v4 import new_code_cell, new_notebook

SOLUTION = """\
class Doubler:
    def __call__(self, x):
        ### BEGIN SOLUTION
        return 2 * x
        ### END SOLUTION
"""
SUITE = '''\
"""A suite of one property."""

import numpy as np

from autograder.kit import expect


def test_output_is_twice_the_input(submission, rng):
    """The output is twice the input."""
    x = rng.normal(size=(3, 2))
    y = expect.array(submission.Doubler()(x), x.shape, "output", "Doubler()")
    expect.close(y, 2 * x, "output", "Doubler()")
'''


def cell(source, **claims):
    metadata = {"schema_version": 3, "locked": False, "grade": False, "solution": False} | claims
    return new_code_cell(source, metadata={"nbgrader": metadata})


def test_a_tiny_assignment_is_released_and_graded(course, nbgrader):
    """One class and one item, written in five minutes, go through nbgrader's own commands."""
    source = course / "source" / "doubling"
    source.mkdir()
    notebook = new_notebook(
        cells=[
            new_code_cell("import numpy as np"),
            cell(SOLUTION, solution=True, grade_id="doubler"),
            cell("# hidden tests", grade=True, locked=True, grade_id="test_doubler", points=2),
        ],
        metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}},
    )
    nbformat.write(notebook, source / "doubling.ipynb")
    hidden = course / "tests" / "hidden" / "doubling"
    hidden.mkdir()
    (hidden / "test_doubler.py").write_text(SUITE)
    nbgrader("generate_assignment", "doubling")

    answers = {
        "right": "class Doubler:\n    def __call__(self, x):\n        return x + x\n",
        "wrong": "class Doubler:\n    def __call__(self, x):\n        return x * x\n",
        "unsolved": None,
    }
    for student, answer in answers.items():
        folder = course / "submitted" / student / "doubling"
        folder.mkdir(parents=True)
        handed_in = nbformat.read(course / "release" / "doubling" / "doubling.ipynb", as_version=4)
        if answer is not None:
            handed_in.cells[1].source = answer
        nbformat.write(handed_in, folder / "doubling.ipynb")
    nbgrader("autograde", "doubling")
    nbgrader("export")

    with (course / "grades.csv").open() as grades:
        rows = [row for row in csv.DictReader(grades) if row["assignment"] == "doubling"]
    scores = {row["student_id"]: row["score"] for row in rows}
    assert scores == {"right": "2.0", "wrong": "0.0", "unsolved": "0.0"}

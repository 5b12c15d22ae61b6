"""Submissions: a cell's claims are data, and the seed depends on what the answers do alone."""

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell

from autograder.course.submission import Cell, Submission, filled, read_graded
from tests.autograder.support.tiny import claimed, notebook


@pytest.mark.parametrize("claims", [None, 3, [], {}, {"grade_id": 3}, {"grade_id": None}])
def test_a_cell_without_a_grade_id_claims_nothing(claims):
    """Without a `grade_id` that is text, no other claim counts."""
    if isinstance(claims, dict):
        claims = claims | {"grade": True, "points": 5}
    cell = new_code_cell("x", metadata={"nbgrader": claims})
    assert Submission.from_notebook(notebook(cell)).cells == (Cell("code", "x"),)


def test_claims_are_read():
    """A cell's claims are its `grade_id`, `grade`, `solution` and points."""
    cell = claimed("x", grade_id="a", grade=True, points=2)
    [found] = Submission.from_notebook(notebook(cell)).cells
    assert found == Cell("code", "x", "a", grade=True, solution=False, points=2.0)


ANSWER = """class Scaler:
    def __init__(self, factor):
        self.factor = factor

    def __call__(self, x):
        product = x * self.factor
        return product
"""
SPELLED = """# My answer
class Scaler:
    def __call__(self, values):
        "Scale."
        result = (values * self.factor)
        return result  # done

    def __init__(self, f: float):
        self.factor = f
"""


def seed(*cells):
    return Submission.from_notebook(notebook(*cells)).seed


def test_the_seed_depends_on_the_answers_alone():
    """Outputs, text, points and other cells do not matter."""
    plain = claimed(ANSWER, grade_id="a", solution=True)
    loud = claimed(ANSWER, grade_id="a", solution=True, points=9)
    loud.outputs = [nbformat.v4.new_output("stream", text="y")]
    others = new_markdown_cell("text"), new_code_cell("print(1)")
    assert seed(*others, loud) == seed(plain)
    assert seed(claimed(ANSWER, grade_id="b", solution=True)) != seed(plain)
    assert seed(claimed(ANSWER.replace("*", "/"), grade_id="a", solution=True)) != seed(plain)


def test_another_spelling_has_the_same_seed():
    """Comments, docstrings, layout, names and the order of methods change no mark."""
    plain, spelled = (claimed(text, grade_id="a", solution=True) for text in (ANSWER, SPELLED))
    assert seed(plain) == seed(spelled)


def test_cells_are_filled_by_their_grade_id():
    """`filled` gives a copy with other texts; the notebook it came from stays as it is."""
    blank = notebook(claimed("stub", grade_id="a"), claimed("b", grade_id="b"), new_code_cell("c"))
    solved = filled(blank, {"a": "solution", "missing": "x"})
    assert [cell.source for cell in solved.cells] == ["solution", "b", "c"]
    assert [cell.source for cell in blank.cells] == ["stub", "b", "c"]


def test_a_graded_notebook_is_read_as_nbformat_reads_it(tmp_path):
    """Without its checks; what is no notebook is None."""
    path = tmp_path / "x.ipynb"
    assert read_graded(path) is None
    whole = notebook(claimed("x\ny", grade_id="a", grade=True, points=2), new_markdown_cell("t"))
    nbformat.write(whole, path)
    assert read_graded(path) == Submission.from_notebook(nbformat.read(path, as_version=4))
    for text in ("{", "[]", '{"cells": 3}', '{"cells": [{}]}'):
        path.write_text(text)
        assert read_graded(path) is None

"""Submissions: a cell's claims are data, and the digest depends on the code alone."""

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


def test_the_digest_depends_on_the_code_alone():
    """The same code gives the same digest; outputs, markdown, claims of points do not matter."""

    def digest(*cells):
        return Submission.from_notebook(notebook(*cells)).digest

    plain = digest(claimed("x", grade_id="a"))
    loud = claimed("x", grade_id="a", points=9, grade=True)
    loud.outputs = [nbformat.v4.new_output("stream", text="y")]
    assert digest(new_markdown_cell("text"), loud) == plain
    assert digest(claimed("x ", grade_id="a")) != plain
    assert digest(claimed("x", grade_id="b")) != plain
    assert digest(claimed("x", grade_id="a"), new_code_cell("")) != plain
    assert len(plain) == 64


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

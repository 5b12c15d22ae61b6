"""The notebooks that we make are those that nbformat makes and checks."""

import nbformat
import pytest
from nbformat import v4

from autograder.intake.notebook import new_cell, new_notebook, new_output

METADATA = {"nbgrader": {"grade_id": "a", "points": 1.0}}


@pytest.mark.parametrize("kind", ["code", "markdown", "raw"])
def test_a_cell_is_as_nbformat_makes_it(kind):
    """But for its id, which a notebook gives it."""
    made = getattr(v4, f"new_{kind}_cell")("x = 1", metadata=METADATA)
    del made["id"]
    cell = new_cell(kind, "x = 1", METADATA)
    assert cell == made
    assert cell.metadata.nbgrader.grade_id == "a"
    assert getattr(v4, f"new_{kind}_cell")().metadata == new_cell(kind, "").metadata


@pytest.mark.parametrize(
    ("kind", "more"), [("display_data", {}), ("execute_result", {"execution_count": 1})]
)
def test_an_output_is_as_nbformat_makes_it(kind, more):
    """Of both kinds that a graded cell has."""
    data = {"text/plain": "1.0"}
    assert new_output(kind, data, **more) == v4.new_output(kind, data, **more)


def test_a_notebook_is_valid_and_numbers_its_cells():
    """With new ids: nbgrader would warn of two cells with the same id."""
    cell = v4.new_code_cell("1", id="a")
    notebook = new_notebook([cell, v4.new_code_cell("2", id="a"), new_cell("raw", "")], METADATA)
    nbformat.validate(notebook)
    assert [cell.id for cell in notebook.cells] == ["cell-0", "cell-1", "cell-2"]
    assert notebook == v4.new_notebook(cells=notebook.cells, metadata=METADATA)
    assert new_notebook() == v4.new_notebook()

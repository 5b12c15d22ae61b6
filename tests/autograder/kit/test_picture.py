"""Figures: few of the student's own numbers, and which are wrong."""

import json
from dataclasses import asdict

import hypothesis.extra.numpy as hnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.kit.picture import COLUMNS, ROWS, PicturedError, figures_of, mask_figure
from autograder.results.figure import Figure


def figure(values, marked=None):
    values = np.array(values)
    marked = np.zeros(values.shape, bool) if marked is None else marked
    [found] = figures_of(values, marked, "output", "not right")
    return found


def test_numbers_are_rounded_and_marked():
    """Numbers have three digits and wrong ones a mark; the legend has their count."""
    found = figure([[1.23456, -0.0], [1e-9, 20000.0]], np.array([[True, False], [False, True]]))
    assert found.rows == ("1.23! 0", "1e-09 2e+04!")
    assert found.cells == [[("1.23", True), ("0", False)], [("1e-09", False), ("2e+04", True)]]
    assert found.legend == "✗ not right: 2 of 4"
    assert (found.shape, found.part) == ((2, 2), "")


def test_what_is_not_finite_is_shown():
    """Rows are words, which JSON preserves."""
    assert figure([np.nan, np.inf, -np.inf]).rows == ("nan inf -inf",)


@pytest.mark.parametrize(
    ("wrong", "start", "part"),
    [
        ((0, 0), (0, 0), "rows 0 to 11 of 100, columns 0 to 15 of 40"),
        ((11, 15), (0, 0), "rows 0 to 11 of 100, columns 0 to 15 of 40"),
        ((50, 3), (44, 0), "rows 44 to 55 of 100, columns 0 to 15 of 40"),
        ((99, 39), (88, 24), "rows 88 to 99 of 100, columns 24 to 39 of 40"),
    ],
)
def test_the_part_shown_holds_the_first_that_is_wrong(wrong, start, part):
    """The part begins at 0 if possible, and its place is given."""
    marked = np.zeros((100, 40), bool)
    marked[wrong] = True
    found = figure(np.ones((100, 40)), marked)
    assert (found.start, found.part) == (start, part)
    assert any(mark for row in found.cells for _, mark in row)


@pytest.mark.unmeasured
@given(
    hnp.arrays(np.float64, hnp.array_shapes(min_dims=1, max_dims=2, min_side=1, max_side=40)),
    st.randoms(use_true_random=False),
)
def test_any_table_is_small_and_survives_json(values, chance):
    """For any numbers, the size is bounded, and the figure can be read back."""
    if values.size < 2:
        return
    marked = np.array([chance.random() < 0.1 for _ in range(values.size)]).reshape(values.shape)
    found = figure(values, marked)
    assert len(found.rows) <= ROWS
    assert all(len(row) <= COLUMNS for row in found.cells)
    assert len("".join(found.rows)) < 2500
    assert any(mark for row in found.cells for _, mark in row) == marked.any()
    assert Figure.from_dict(json.loads(json.dumps(asdict(found)))) == found


@pytest.mark.parametrize("shape", [(), (1,), (1, 1), (0,), (2, 2, 2)])
def test_where_a_figure_would_say_nothing_there_is_none(shape):
    """The message shows a single number, and a cube has no figure."""
    assert figures_of(np.zeros(shape), np.zeros(shape, bool), "output", "not right") == []


def test_a_mask_is_drawn_by_signs():
    """Dropped and kept elements have different signs."""
    found = mask_figure(np.eye(3, dtype=bool), "mask of call 1")
    assert found.rows == ("■ · ·", "· ■ ·", "· · ■")
    assert found.legend == "■ dropped, · kept"


def test_a_mask_is_cropped_around_its_focus():
    """So the figure shows the row and the unit that a message names."""
    found = mask_figure(np.zeros((50, 50), bool), "mask", focus=(49, 20))
    assert found.part == "rows 38 to 49 of 50, columns 12 to 27 of 50"


def test_the_error_is_an_assertion_with_figures():
    """pytest treats it as an AssertionError."""
    found = figure([1.0, 2.0])
    with pytest.raises(AssertionError, match="it is wrong") as caught:
        raise PicturedError("it is wrong", [found])
    assert caught.value.figures == (found,)

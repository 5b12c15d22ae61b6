"""Draws an array that a student's code returned, with the wrong numbers marked."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograder.results.figure import DROPPED, MARK, Figure

ROWS, COLUMNS = 12, 16  # shown at most
KEPT = "·"  # of a mask


class PicturedError(AssertionError):
    """What a student's code returned is wrong, and figures show it."""

    def __init__(self, message: str, figures: Sequence[Figure] = ()) -> None:
        super().__init__(message)
        self.figures = tuple(figures)


def figures_of(
    values: NDArray[Any], marked: NDArray[np.bool_], title: str, meaning: str
) -> list[Figure]:
    """Return the figure of an array of numbers in a list; an empty list for a single number.

    Parameters
    ----------
    values : ndarray
        An array of one or two dimensions; others have no figure.
    marked : ndarray of bool, of the same shape
    title : str
    meaning : str
        What a mark means, such as "wrong".
    """
    if values.ndim not in (1, 2) or values.size <= 1:
        return []
    table, marks = np.atleast_2d(values), np.atleast_2d(marked)
    focus = np.argwhere(marks)[0] if marks.any() else (0, 0)
    (row, column), part = _crop(table.shape, focus)
    rows = tuple(
        " ".join(f"{_text(value)}{MARK * bool(mark)}" for value, mark in zip(*pair, strict=True))
        for pair in zip(table[part], marks[part], strict=True)
    )
    legend = f"✗ {meaning}: {int(marked.sum())} of {marked.size}"
    return [Figure(title, legend, values.shape, (row, column), rows)]


def mask_figure(dropped: NDArray[np.bool_], title: str, focus: Sequence[int] = (0, 0)) -> Figure:
    """Return the figure of a mask of shape (rows, units), True where an element was dropped."""
    (row, column), part = _crop(dropped.shape, focus)
    rows = tuple(" ".join(DROPPED if each else KEPT for each in line) for line in dropped[part])
    legend = f"{DROPPED} dropped, {KEPT} kept"
    return Figure(title, legend, dropped.shape, (row, column), rows)


def _crop(
    shape: tuple[int, ...], focus: Sequence[int] | NDArray[np.int_]
) -> tuple[tuple[int, int], tuple[slice, slice]]:
    """Return the start of the part that contains the focus, and the part."""
    starts = []
    for size, most, at in zip(shape, (ROWS, COLUMNS), focus, strict=True):
        starts.append(0 if at < most else int(min(at - most // 2, size - most)))
    row, column = starts
    return (row, column), (slice(row, row + ROWS), slice(column, column + COLUMNS))


def _text(value: Any) -> str:
    return f"{float(value) + 0.0:.3g}"  # no -0

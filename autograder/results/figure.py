"""A small picture of an array that a student's code returned: its numbers, and which are wrong."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

ROWS, COLUMNS = 12, 16  # that are shown, at most
MARK = "!"  # behind a number
DROPPED, KEPT = "■", "·"  # of a mask
SHADES = 4  # of a number's size


@dataclass(frozen=True)
class Figure:
    """A part of an array, as text.

    It holds a student's own numbers and where they are wrong, and never what they should be.

    Parameters
    ----------
    title : str
        What the array is, such as "grad_input".
    legend : str
        What the signs in it say.
    shape : tuple of int
        Of the whole array.
    start : tuple of int
        The row and the column at which the part begins.
    rows : tuple of str
        Its numbers, with a space between two of them; those that are marked end with `MARK`.
    """

    title: str
    legend: str
    shape: tuple[int, ...]
    start: tuple[int, int]
    rows: tuple[str, ...]

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> "Figure":
        """Return the figure that `dataclasses.asdict` made the data of."""
        row, column = data["start"]
        return cls(
            data["title"],
            data["legend"],
            tuple(data["shape"]),
            (row, column),
            tuple(data["rows"]),
        )

    @property
    def cells(self) -> list[list[tuple[str, bool]]]:
        """Each row's numbers, and whether they are marked."""
        return [
            [(word.removesuffix(MARK), word.endswith(MARK)) for word in row.split()]
            for row in self.rows
        ]

    @property
    def shaded(self) -> list[list[tuple[str, bool, str]]]:
        """The cells, and of each the class of its shade, which `feedback.css` has a colour for.

        A shade tells the sign and the size of a number beside the largest one shown.
        """
        sizes = [abs(_value(text)) for row in self.cells for text, _ in row]
        largest = max(sizes, default=0.0) or 1.0
        return [
            [(text, marked, _shade(text, largest)) for text, marked in row] for row in self.cells
        ]

    @property
    def part(self) -> str:
        """Which part of the array is shown, in words; empty if it is all of it."""
        whole = (1, *self.shape)[-2:]
        shown = len(self.rows), len(self.rows[0].split())
        if shown == whole:
            return ""
        lasts = (first + count - 1 for first, count in zip(self.start, shown, strict=True))
        return ", ".join(
            f"{name} {first} to {last} of {count}"
            for name, first, last, count in zip(
                ("rows", "columns"), self.start, lasts, whole, strict=True
            )
        )


class PicturedError(AssertionError):
    """What a student's code returned is wrong, and figures show it."""

    def __init__(self, message: str, figures: Sequence[Figure] = ()) -> None:
        super().__init__(message)
        self.figures = tuple(figures)


def figures_of(
    values: NDArray[Any], marked: NDArray[np.bool_], title: str, meaning: str
) -> list[Figure]:
    """Return the figure of an array of numbers in a list; none where it would show nothing.

    Parameters
    ----------
    values : ndarray
        Of one or two dimensions.
    marked : ndarray of bool, of the same shape
    title : str
    meaning : str
        What a mark says, such as "wrong".
    """
    if values.ndim not in (1, 2) or values.size <= 1:  # the message says it all
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
    """Return where the part begins that has the focus in it, and the part; from 0 if that does."""
    starts = []
    for size, most, at in zip(shape, (ROWS, COLUMNS), focus, strict=True):
        starts.append(0 if at < most else int(min(at - most // 2, size - most)))
    row, column = starts
    return (row, column), (slice(row, row + ROWS), slice(column, column + COLUMNS))


def _text(value: Any) -> str:
    return f"{float(value) + 0.0:.3g}"  # no -0


def _shade(text: str, largest: float) -> str:
    if text == DROPPED:
        return "d"
    value = _value(text)
    level = min(SHADES, int(abs(value) / largest * SHADES + 0.999))
    return f"{'p' if value > 0 else 'n'}{level}" if level else ""


def _value(text: str) -> float:
    """Return a number that has a size; 0 for a sign, nan and infinity."""
    with suppress(ValueError):
        value = float(text)
        if abs(value) < float("inf"):
            return value
    return 0.0

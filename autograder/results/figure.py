"""A small picture of an array that a student's code returned, as plain text."""

from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

MARK = "!"  # after a number
DROPPED = "■"  # in a mask
SHADES = 4  # for the sizes of numbers


@dataclass(frozen=True)
class Figure:
    """A part of an array, as text.

    It shows a student's own numbers and which are wrong, but never the right numbers.

    Parameters
    ----------
    title : str
        The name of the array, such as "grad_input".
    legend : str
        What its signs mean.
    shape : tuple of int
        The shape of the whole array.
    start : tuple of int
        The row and the column at which the part begins.
    rows : tuple of str
        Its numbers, separated by spaces; marked numbers end with `MARK`.
    """

    title: str
    legend: str
    shape: tuple[int, ...]
    start: tuple[int, int]
    rows: tuple[str, ...]

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> "Figure":
        """Return the figure of data from `dataclasses.asdict`."""
        row, column = data["start"]
        return cls(
            data["title"],
            data["legend"],
            tuple(data["shape"]),
            (row, column),
            tuple(data["rows"]),
        )

    def cropped(self, rows: int, columns: int) -> "Figure":
        """Return the part of so many rows and columns at most that has the first mark, if any."""
        words = [row.split() for row in self.rows]
        marks = ((i, j) for i, row in enumerate(words) for j, w in enumerate(row) if MARK in w)
        row, column = next(marks, (0, 0))
        top = max(0, min(row, len(words) - rows))
        left = max(0, min(column, len(words[0]) - columns))
        part = [row[left : left + columns] for row in words[top : top + rows]]
        start = (self.start[0] + top, self.start[1] + left)
        return replace(self, start=start, rows=tuple(map(" ".join, part)))

    @property
    def cells(self) -> list[list[tuple[str, bool]]]:
        """Each row's numbers, and whether they are marked."""
        return [
            [(word.removesuffix(MARK), word.endswith(MARK)) for word in row.split()]
            for row in self.rows
        ]

    @property
    def shaded(self) -> list[list[tuple[str, bool, str]]]:
        """The cells, each with the CSS class of its shade; `feedback.css` has the colours.

        A shade shows the sign of a number, and its size relative to the largest one shown.
        """
        sizes = [abs(_value(text)) for row in self.cells for text, _ in row]
        largest = max(sizes, default=0.0) or 1.0
        return [
            [(text, marked, _shade(text, largest)) for text, marked in row] for row in self.cells
        ]

    @property
    def part(self) -> str:
        """The part of the array that is shown, in words; empty if it is the whole array."""
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


def _shade(text: str, largest: float) -> str:
    if text == DROPPED:
        return "d"
    value = _value(text)
    level = min(SHADES, int(abs(value) / largest * SHADES + 0.999))
    return f"{'p' if value > 0 else 'n'}{level}" if level else ""


def _value(text: str) -> float:
    """Return a finite number; 0 for a sign, nan and infinity."""
    with suppress(ValueError):
        value = float(text)
        if abs(value) < float("inf"):
            return value
    return 0.0

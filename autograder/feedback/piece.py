"""A part of a page that is shown if there is room, and how the room is shared out."""

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

FRAME = 400  # bytes around a cell, at most, and around an output


class Piece(NamedTuple):
    """A part of a page.

    Parameters
    ----------
    rank : int
        Pieces of a lower rank get room first.
    size : int
        Among pieces of one rank, smaller ones come first.
    put : callable
        Takes the HTML that is shown.
    ways : sequence of callable
        Each returns HTML. The page shows the first one that there is room for.
    """

    rank: int
    size: int
    put: Callable[[str], None]
    ways: Sequence[Callable[[], str]]


def place(pieces: Iterable[Piece], room: int, *, of_a_tag: int = 0) -> int:
    """Put pieces on a page, and return how many bytes of its room are left.

    A piece takes at least `of_a_tag` bytes for each of its tags.
    """
    for piece in sorted(pieces, key=lambda piece: (piece.rank, piece.size)):
        if room < FRAME:
            break
        for make in piece.ways:
            html = make()
            size = max(len(html.encode()), of_a_tag * html.count("<")) + FRAME
            if size <= room:
                piece.put(html)
                room -= size
                break
    return room

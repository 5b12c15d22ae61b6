"""Words and lines as all messages have them: counts, lists, suggestions."""

import re
from collections.abc import Iterable
from difflib import get_close_matches

FOLDERS = re.compile(r"(?:\bfile://|(?<![\w./])(?!//))/(?:[\w.+@~-]+/)+")  # of no web address


def counted_as(count: int, noun: str, several: str = "") -> str:
    """Return a count with its noun: 1 submission, 2 submissions.

    Parameters
    ----------
    count : int
    noun : str
    several : str, optional
        The noun's plural; without it, the noun with an s.
    """
    return f"{count} {noun}" if count == 1 else f"{count} {several or noun + 's'}"


def one_line(text: object) -> str:
    """Return a worker's text without control characters, cut to a bearable length.

    Of paths the names are left: the folders are those of the machine that grades.
    """
    line = str(text)[:400]
    if not line.isprintable():
        line = "".join(c if c.isprintable() else " " for c in line)
    return FOLDERS.sub("", " ".join(line.split()))


def suggestion(name: str, known: Iterable[str]) -> str:
    """Return a question with the nearest known name; empty if no name is near."""
    near = get_close_matches(name, known, n=1)
    return f" (did you mean {near[0]}?)" if near else ""

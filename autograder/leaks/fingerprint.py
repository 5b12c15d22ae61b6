"""What tells the reference solution itself from a right answer that happens to be like it.

Short right answers are alike, and so are the numbers that they print. So no code counts, unless a
long region of it is the same to the letter. Comments and docstrings count, and so do nbgrader's own
marks around a solution, which stand in the source alone.
"""

import io
import re
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass

from autograder.course.assignment import Assignment

REGION = re.compile(r"### BEGIN SOLUTION\n(.*?)[ \t]*### END SOLUTION", re.DOTALL)
MARKS = ("### BEGIN SOLUTION", "### END SOLUTION", "### BEGIN HIDDEN TESTS")
WORDS, LENGTH = 5, 24  # of a comment, at least
LINES = 8  # different ones of a region, at least


@dataclass(frozen=True)
class Fingerprints:
    """The texts by which a copy of the reference solution is known.

    Parameters
    ----------
    texts : tuple of str
        Each on one line; or, where it is a region of code, on several.
    """

    texts: tuple[str, ...]

    @classmethod
    def of(cls, assignment: Assignment, shown: str) -> "Fingerprints":
        """Return those of an assignment.

        Parameters
        ----------
        assignment : Assignment
        shown : str
            What its source shows to everybody: no student has that from the reference alone.
        """
        cells = [cell.source for cell in assignment.source.cells if cell.cell_type == "code"]
        regions = [region for cell in cells for region in REGION.findall(cell)]
        remarks = [text for region in regions for text in _remarks(region) if _is_long(text)]
        blocks = [block for block in map(_block, regions) if len({*block.split("\n")}) >= LINES]
        known = [text for text in (*MARKS, *remarks) if text not in shown]
        return cls(tuple(dict.fromkeys([*known, *blocks])))

    def found_in(self, text: str) -> str:
        """Return the first line of the first one that stands in a text; empty if none does."""
        lines = _block(text)
        found = next((one for one in self.texts if one in lines), "")
        return found.partition("\n")[0]


def _remarks(region: str) -> Iterator[str]:
    """Yield the comments of a region, and the lines of the docstrings in it."""
    try:
        tokens = [*tokenize.generate_tokens(io.StringIO(f"if 1:\n{region}").readline)]
    except (tokenize.TokenError, SyntaxError):  # a source that is no Python is told elsewhere
        return
    for token in tokens:
        if token.type == tokenize.COMMENT:
            yield _single(token.string.lstrip("# "))
        elif token.type == tokenize.STRING and token.line.lstrip().startswith(('"""', "'''")):
            yield from map(_single, token.string.strip("\"'").splitlines())


def _is_long(text: str) -> bool:
    return len(re.findall(r"\w+", text)) >= WORDS and len(text) >= LENGTH


def _block(text: str) -> str:
    """Return the lines of a text that are not empty, each with single spaces."""
    return "\n".join(_single(line) for line in text.splitlines() if line.strip())


def _single(line: str) -> str:
    return " ".join(line.split())

"""The texts that identify a copy of the reference solution.

Short right answers are alike, and print the same numbers. So code counts only if a long region is
equal. Long comments and docstrings count, and so do nbgrader's marks around a solution: only the
source has them.
"""

import io
import re
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass

from autograder.course.assignment import Assignment
from autograder.leaks.confidential import lines, single_spaced

REGION = re.compile(r"### BEGIN SOLUTION\n(.*?)[ \t]*### END SOLUTION", re.DOTALL)
MARKS = ("### BEGIN SOLUTION", "### END SOLUTION", "### BEGIN HIDDEN TESTS")
WORDS, LENGTH = 5, 24  # a comment that counts has at least these
LINES = 8  # a region that counts has at least so many different lines


@dataclass(frozen=True)
class Fingerprints:
    """The texts that identify a copy of the reference solution: comments and regions of code."""

    texts: tuple[str, ...]

    @classmethod
    def of(cls, assignment: Assignment, shown: str) -> "Fingerprints":
        """Return those of an assignment, except for comments in `shown`, which all may read."""
        cells = [cell.source for cell in assignment.source.cells if cell.cell_type == "code"]
        regions = [region for cell in cells for region in REGION.findall(cell)]
        remarks = [text for region in regions for text in _remarks(region) if _is_long(text)]
        blocks = [block for block in map(_block, regions) if len({*block.split("\n")}) >= LINES]
        known = [text for text in (*MARKS, *remarks) if text not in shown]
        return cls(tuple(dict.fromkeys([*known, *blocks])))

    def found_in(self, text: str) -> str:
        """Return the first line of the first one that a text contains; empty if none."""
        block = _block(text)
        found = next((one for one in self.texts if one in block), "")
        return found.partition("\n")[0]


def _remarks(region: str) -> Iterator[str]:
    """Yield the comments of a region, and the lines of the docstrings in it."""
    try:
        tokens = [*tokenize.generate_tokens(io.StringIO(f"if 1:\n{region}").readline)]
    except (tokenize.TokenError, SyntaxError):  # the audit reports a source that is not Python
        return
    for token in tokens:
        if token.type == tokenize.COMMENT:
            yield single_spaced(token.string.lstrip("# "))
        elif token.type == tokenize.STRING and token.line.lstrip().startswith(('"""', "'''")):
            yield from map(single_spaced, token.string.strip("\"'").splitlines())


def _is_long(text: str) -> bool:
    return len(re.findall(r"\w+", text)) >= WORDS and len(text) >= LENGTH


def _block(text: str) -> str:
    return "\n".join(lines(text))

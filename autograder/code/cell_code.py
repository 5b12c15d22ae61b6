"""The Python that Jupyter runs for a code cell: without magics, prompts and indentation.

IPython's own transformer rewrites the cell as text, on the trusted side; it runs nothing. It turns
a magic into a call of `get_ipython()`, which does nothing in a worker; `magic.py` replaces this
call by the code that the magic would run.
"""

import re
import warnings
from collections.abc import Iterable
from functools import cache, lru_cache, partial
from typing import Any

from autograder.code.magic import CellCode, automatic, spell_out
from autograder.code.normal_form import parsed

LARGEST = 2**17  # characters; a longer cell stays as it is
WORK = 300_000  # tokens that a notebook's cells are split into, one pass after the other: 2 s
LONG = 100  # characters of a line
MOST = 500  # of Jupyter's own lines in a cell, as in IPython
DEEPEST = 5  # `%%time` under `%%capture` under ...
# what all of Jupyter's own lines have; each begins with a fixed character, so that it is found fast
BEGINS = re.compile(r"\n[ \t\f]*(?:[%!?,;/]|>>>|\.{3,}:|(?:\[(?:nav|ins)\])? ?In \[)")
ENDS = re.compile(r"\?[ \t\f]*(?:\n|\Z)")
ASSIGNS = re.compile(r"=[ \t]*[%!]")
# these are changed even where the cell is valid Python
PROMPT = re.compile(r"\n[ \t]*>>>|\A\n(?:.*\n)?(?:(?:\[(?:nav|ins)\])? ?In \[\d+\]: |\s*\.{3,}:)")
TOKEN = re.compile(r"\w+|[^\w ]")


def codes_of(sources: Iterable[str]) -> list[CellCode]:
    """Return the code of a notebook's cells; the work for all of them together has a limit."""
    transformation = _Transformation()
    return [transformation.code(source) for source in sources]


class _TooMuchError(Exception):
    """A cell is too long to transform."""


class _Transformation:
    """Turns the cells of one notebook into Python."""

    def __init__(self) -> None:
        self.left = WORK

    def code(self, source: str, depth: int = 0) -> CellCode:
        """Return a cell's code; a cell that is plain Python, or cannot be read, stays as it is."""
        if len(source) > LARGEST or depth > DEEPEST or _stays(source):
            return CellCode(source)
        try:
            python = source if _is_plain(source) else self._transformed(source)
            if parsed(python) is None and (line := automatic(source)):
                python = self._transformed(line)
            return spell_out(python, partial(self.code, depth=depth + 1))
        except Exception:  # noqa: BLE001  # IPython may fail in any way; the text stays
            return CellCode(source)

    def _transformed(self, source: str) -> str:
        """Return what IPython makes of a cell; each line keeps its number."""
        manager = _manager()
        lines = f"{source}\n".splitlines(keepends=True)
        blank = next((n for n, line in enumerate(lines) if line.strip()), 0)
        self._spend(lines)
        with warnings.catch_warnings(action="ignore"):
            for transform in manager.cleanup_transforms + manager.line_transforms:
                lines = transform(lines)
            lines = ["\n"] * blank + lines
            for _ in range(MOST):
                if parsed("".join(lines)) is not None:
                    break
                self._spend(lines)
                changed, after = manager.do_one_token_transform(lines)
                if not changed:
                    break
                lines = _as_many(after, lines)
        return "".join(lines)

    def _spend(self, lines: list[str]) -> None:
        """Count the work of splitting lines into tokens; raise an error if it is too much.

        In a long line it grows with the square of the length: IPython searches the line from each
        quotation mark for another one, and from each letter for a question mark at its end.
        """
        for line in lines:
            squared = 0
            if len(line) > LONG:
                marks = line.count("'") + line.count('"') + len(line) * line.rstrip().endswith("?")
                squared = len(line) * marks // LONG
            self.left -= len(TOKEN.findall(line)) + squared
        if self.left < 0:
            raise _TooMuchError


@cache
def _manager() -> Any:
    """Return IPython's transformer; it is imported for the first cell that needs it."""
    from IPython.core.inputtransformer2 import TransformerManager

    return TransformerManager()


@lru_cache(maxsize=128)  # the given cells stand in every notebook
def _stays(source: str) -> bool:
    """Return whether a cell is Python, in which nothing is Jupyter's own."""
    return not _is_odd(source) or ("get_ipython" not in source and _is_plain(source))


def _is_odd(source: str) -> bool:
    """Return quickly whether a cell may contain syntax of Jupyter's own."""
    text = f"\n{source}"
    return (
        source[:1] in {" ", "\t", "\n", "\f"}
        or "get_ipython" in source
        or "\r" in source
        or any(pattern.search(text) is not None for pattern in (BEGINS, ENDS, ASSIGNS))
        or bool(automatic(source))
    )


def _is_plain(source: str) -> bool:
    """Return whether a cell is Python that IPython leaves as it is."""
    indented = len(source) - len(source.lstrip(" \t\r\n\f"))
    if source[:indented].rpartition("\n")[2] or PROMPT.search(f"\n{source}"):
        return False
    return parsed(source) is not None


def _as_many(after: list[str], before: list[str]) -> list[str]:
    """Return lines with blank ones in place of those that were joined, so that numbers stay."""
    pairs = enumerate(zip(after, before, strict=False))
    changed = next((number for number, (new, old) in pairs if new != old), 0)
    blank = ["\n"] * (len(before) - len(after))
    return [*after[: changed + 1], *blank, *after[changed + 1 :]]

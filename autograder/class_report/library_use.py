"""Finds uses of forbidden libraries in code, by its syntax: a comment does not count."""

import ast
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from autograder.code.normal_form import bound, parsed

IMPORTERS = ("__import__", "import_module")
LINE_END = re.compile(r"\r\n|\r|\n")  # Python's line ends; `str.splitlines` knows more
DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


@dataclass(frozen=True)
class LibraryUse:
    """A place where a library is used.

    Parameters
    ----------
    library : str
    cell : str
        The `grade_id` of the solution cell.
    line : int
        In it.
    code : str
        That line.
    """

    library: str
    cell: str
    line: int
    code: str


def library_uses(
    answers: dict[str, str], others: Sequence[str], forbidden: Sequence[str]
) -> list[LibraryUse]:
    """Return where graded code uses some libraries, each line once.

    Parameters
    ----------
    answers : dict of str to str
        The solution cells, by `grade_id`.
    others : sequence of str
        The notebook's other code cells. An answer may use names that they import or define.
    forbidden : sequence of str
        The libraries' names.
    """
    wanted = frozenset(forbidden)
    names = _names([_cell(text, wanted) for text in others])
    uses = []
    for cell, text in answers.items():
        as_python = unicodedata.normalize("NFKC", text)  # which reads names so
        if not any(name in as_python for name in (*wanted, *names)):
            continue  # as in nearly all answers; parsing each takes long
        if tree := parsed(text):
            # a name that the answer defines hides the imported one
            seen = {name: names[name] for name in names.keys() - set(bound(tree))}
            seen |= dict(_imported(tree, wanted))
            found = dict(_found(tree, seen, wanted))
            lines = LINE_END.split(text)
            uses += [
                LibraryUse(found[line], cell, line, lines[line - 1].strip())
                for line in sorted(found)
            ]
    return uses


class _Definition(NamedTuple):
    """A function or class: the library that it uses, if any, and all names in it."""

    name: str
    library: str
    names: frozenset[str]


class _Cell(NamedTuple):
    """A cell's imports from forbidden libraries, and its definitions."""

    imported: dict[str, str]
    definitions: tuple[_Definition, ...]


@lru_cache(maxsize=1024)
def _cell(text: str, forbidden: frozenset[str]) -> _Cell:
    """Read a cell; released cells are the same for a whole class, and are read once."""
    tree = parsed(text)
    if tree is None:
        return _Cell({}, ())
    imported = dict(_imported(tree, forbidden))
    definitions = [
        _Definition(
            node.name,
            next((library for _, library in _found(node, imported, forbidden)), ""),
            frozenset(one.id for one in ast.walk(node) if isinstance(one, ast.Name)),
        )
        for node in tree.body
        if isinstance(node, DEFINITIONS)
    ]
    return _Cell(imported, tuple(definitions))


def _names(cells: Sequence[_Cell]) -> dict[str, str]:
    """Return the libraries behind the names that cells import or define."""
    names = {name: library for cell in cells for name, library in cell.imported.items()}
    left = [definition for cell in cells for definition in cell.definitions]
    before = -1
    while before != len(names):
        before = len(names)
        for one in left:
            if library := one.library or next((names[n] for n in one.names & names.keys()), ""):
                names.setdefault(one.name, library)
    return names


def _imported(tree: ast.AST, forbidden: frozenset[str]) -> Iterator[tuple[str, str]]:
    """Yield each name of a forbidden library or a part of it, with the library's name."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                if (root := alias.name.partition(".")[0]) in forbidden:
                    yield alias.asname or root, root
        elif isinstance(node, ast.ImportFrom) and _library(node) in forbidden:
            for alias in node.names:
                yield alias.asname or alias.name, _library(node)


def _found(
    tree: ast.AST, names: dict[str, str], forbidden: frozenset[str]
) -> Iterator[tuple[int, str]]:
    """Yield each line that uses a library, and the library's name."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id in names:
            yield node.lineno, names[node.id]
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            for _, library in _imported(node, forbidden):
                yield node.lineno, library
        elif isinstance(node, ast.Call) and node.args and _called(node) in IMPORTERS:
            text = getattr(node.args[0], "value", None)
            if isinstance(text, str) and (root := text.partition(".")[0]) in forbidden:
                yield node.lineno, root


def _library(node: ast.ImportFrom) -> str:
    return "" if node.level else (node.module or "").partition(".")[0]


def _called(node: ast.Call) -> str:
    return str(getattr(node.func, "id", getattr(node.func, "attr", "")))

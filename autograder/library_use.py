"""Where code uses a library that it may not use, read from its syntax: a comment does not count."""

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from autograder.normal_form import bound, parsed

IMPORTERS = ("__import__", "import_module")
LINE_END = re.compile(r"\r\n|\r|\n")  # of Python's; a text's own splitlines knows more
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
        The notebook's other code cells: what they import, or define with its help, an answer may
        use by its name.
    forbidden : sequence of str
        The libraries' names.
    """
    trees = {cell: tree for cell, text in answers.items() if (tree := parsed(text))}
    names = _names([tree for tree in map(parsed, others) if tree], set(forbidden))
    uses = []
    for cell, tree in trees.items():
        # a name that the answer gives itself is not the one from elsewhere
        seen = {name: names[name] for name in names.keys() - set(bound(tree))}
        seen |= dict(_imported(tree, set(forbidden)))
        found = dict(_found(tree, seen, set(forbidden)))
        lines = LINE_END.split(answers[cell])
        uses += [
            LibraryUse(found[line], cell, line, lines[line - 1].strip()) for line in sorted(found)
        ]
    return uses


def _names(trees: list[ast.Module], forbidden: set[str]) -> dict[str, str]:
    """Return the libraries behind the names that cells import, or define with their help."""
    names = {name: library for tree in trees for name, library in _imported(tree, forbidden)}
    definitions = [node for tree in trees for node in tree.body if isinstance(node, DEFINITIONS)]
    is_growing = True
    while is_growing:
        is_growing = False
        for node in definitions:
            found = [] if node.name in names else [*_found(node, names, forbidden)]
            if found:
                names[node.name] = found[0][1]
                is_growing = True
    return names


def _imported(tree: ast.AST, forbidden: set[str]) -> Iterator[tuple[str, str]]:
    """Yield each name that stands for a forbidden library or a part of it, and the library's."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                if (root := alias.name.partition(".")[0]) in forbidden:
                    yield alias.asname or root, root
        elif isinstance(node, ast.ImportFrom) and _library(node) in forbidden:
            for alias in node.names:
                yield alias.asname or alias.name, _library(node)


def _found(tree: ast.AST, names: dict[str, str], forbidden: set[str]) -> Iterator[tuple[int, str]]:
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

"""The names that Python code imports, each with the statement that imports it alone."""

import ast
from collections.abc import Iterator
from typing import NamedTuple


class Imported(NamedTuple):
    """A name, the module that it comes from, and the statement for it."""

    name: str
    module: str
    statement: str


def imported(python: str) -> Iterator[Imported]:
    """Yield the names that code imports at its top level."""
    for node in ast.parse(python).body:
        for alias in node.names if isinstance(node, ast.Import | ast.ImportFrom) else ():
            if isinstance(node, ast.ImportFrom):
                module = node.module or ""
                alone: ast.stmt = ast.ImportFrom(module, [alias], node.level)
            else:
                module = alias.name
                alone = ast.Import([alias])
            yield Imported(alias.asname or alias.name, module, ast.unparse(alone))


def used(python: str) -> set[str]:
    """Return the names in code."""
    return {node.id for node in ast.walk(ast.parse(python)) if isinstance(node, ast.Name)}

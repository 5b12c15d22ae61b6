"""Checks a suite's file without running it."""

import ast
from collections.abc import Iterator
from pathlib import Path

PREFIXES = ("test_", "observe_")


def fault_in(path: Path, *, is_suite: bool) -> str:
    """Return the first fault of a suite or `conftest.py`, and what to do; empty without one.

    Parameters
    ----------
    path : Path
    is_suite : bool
        Whether it must have properties.
    """
    try:
        tree = ast.parse(path.read_bytes(), str(path))
    except (SyntaxError, ValueError) as error:  # ValueError: a null byte
        line = getattr(error, "lineno", None) or 1
        return f"{path}, line {line}: {getattr(error, 'msg', error)}: mend that line"
    found: dict[str, int] = {}
    for name, line in _functions(tree):
        if name in found:
            return (
                f"{path}, line {line}: {name} is also in line {found[name]}, and only one of them "
                "would run: rename one"
            )
        found[name] = line
    if is_suite and not any(name.rpartition(".")[2].startswith("test_") for name in found):
        return (
            f"{path}, line 1: a suite must hold a property: write a function whose name begins "
            "with test_"
        )
    return ""


def criteria_of(path: Path) -> Iterator[tuple[str, int, str]]:
    """Yield the name, the line and the criterion of each property of a suite; it has no fault.

    The criterion is what `@pytest.mark.criterion("...")` names, on the function or on its class;
    empty without it.
    """
    yield from _criteria(ast.parse(path.read_bytes(), str(path)))


def _criteria(
    tree: ast.Module | ast.ClassDef, prefix: str = "", inherited: str = ""
) -> Iterator[tuple[str, int, str]]:
    for node in tree.body:
        if not isinstance(node, ast.ClassDef | ast.FunctionDef):
            continue
        named = [*map(_criterion, node.decorator_list), inherited]
        criterion = next(filter(None, named), "")
        if isinstance(node, ast.ClassDef) and node.name.startswith("Test"):
            yield from _criteria(node, f"{node.name}.", criterion)
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            yield f"{prefix}{node.name}", node.lineno, criterion


def _criterion(decorator: ast.expr) -> str:
    """Return the name in `pytest.mark.criterion("name")`; empty for another decorator."""
    match decorator:
        case ast.Call(func=ast.Attribute(attr="criterion"), args=[ast.Constant(value=str(name))]):
            return name
    return ""


def _functions(tree: ast.Module | ast.ClassDef, prefix: str = "") -> Iterator[tuple[str, int]]:
    """Yield the name and the line of each property and observation."""
    for node in tree.body:
        if isinstance(node, ast.ClassDef) and node.name.startswith("Test"):
            yield from _functions(node, f"{node.name}.")
        if isinstance(node, ast.FunctionDef) and node.name.startswith(PREFIXES):
            yield f"{prefix}{node.name}", node.lineno

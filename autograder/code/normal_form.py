"""A piece of code without what can be changed while copying it: names, comments, layout, order."""

import ast
import re
import warnings
from collections.abc import Iterable, Iterator
from functools import lru_cache

MAX_CODE = 50_000  # characters of an answer; a longer one is compared by its beginning
NAMES = ("id", "arg", "name", "attr", "asname", "rest")  # where a syntax tree has a name
UNREADABLE = (SyntaxError, ValueError, RecursionError, MemoryError)  # whatever nesting does to ast
COMMENT = re.compile(r"#.*")
TOKEN = re.compile(r"\w+|[^\w\s]")
DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def parsed(code: str) -> ast.Module | None:
    """Return a code's syntax tree; None if it is not valid Python, or nested too deeply."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of a student's strange escapes
            return ast.parse(code)
    except UNREADABLE:
        return None


def normal_form(code: str, stub: str = "") -> tuple[str, ...]:
    """Return the lines of a code that are not in its stub, in a form that copies share.

    Comments, docstrings, annotations, layout and needless parentheses are removed. Every name that
    the code defines becomes the same name. Methods are sorted by name. Names of the stub, and of
    libraries, such as `np.random.rand`, stay. Code that is not valid Python keeps its names, too.

    Parameters
    ----------
    code : str
    stub : str
        The released cell.
    """
    names, released = _released(stub)
    lines = _lines(code[:MAX_CODE], names)
    return tuple(line for line in lines if line not in released)


def tokens(lines: Iterable[str]) -> list[str]:
    """Return the words and signs of some lines, with a mark at each line's end."""
    return [token for line in lines for token in (*TOKEN.findall(line), "\n")]


@lru_cache(maxsize=16)
def _released(stub: str) -> tuple[frozenset[str], frozenset[str]]:
    """Return the names and the lines of a stub, which are the same for a whole class."""
    names = frozenset(_names(parsed(stub)))
    return names, frozenset((*_lines(stub, names), *_raw(stub)))


def _lines(code: str, kept: frozenset[str]) -> list[str]:
    tree = parsed(code)
    if tree is None:
        return _raw(code)
    try:
        _Plain({name for name in bound(tree) if name not in kept and name[:2] != "__"}).visit(tree)
        return [line.strip() for line in ast.unparse(tree).splitlines() if line.strip()]
    except UNREADABLE:
        return _raw(code)


def _raw(code: str) -> list[str]:
    lines = (" ".join(COMMENT.sub("", line).split()) for line in code.splitlines())
    return [line for line in lines if line]


def _names(tree: ast.Module | None) -> Iterator[str]:
    for node in ast.walk(tree) if tree else ():
        for field in NAMES:
            if isinstance(name := getattr(node, field, None), str):
                yield name


def bound(tree: ast.Module) -> Iterator[str]:
    """Yield the names that a code gives: to variables, attributes, arguments and definitions."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            yield node.id
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node.attr
        elif isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, (*DEFINITIONS, ast.ClassDef)):
            yield node.name
        elif isinstance(node, ast.alias) and node.asname:
            yield node.asname
        elif isinstance(node, ast.ExceptHandler) and node.name:
            yield node.name


class _Plain(ast.NodeTransformer):
    """Removes docstrings and annotations from a tree, and replaces its names."""

    def __init__(self, renamed: set[str]) -> None:
        self.renamed = renamed

    def generic_visit(self, node: ast.AST) -> ast.AST:
        for field in NAMES:
            if getattr(node, field, None) in self.renamed:
                setattr(node, field, "v")
        for field in ("annotation", "returns"):
            if hasattr(node, field) and not isinstance(node, ast.AnnAssign):
                setattr(node, field, None)
        super().generic_visit(node)
        if isinstance(body := getattr(node, "body", None), list):
            said = [one for one in body if not _is_text(one)] or [ast.Pass()]
            if isinstance(node, ast.ClassDef):
                said.sort(key=lambda one: one.name if isinstance(one, DEFINITIONS) else "")
            node.body = said  # type: ignore[attr-defined]
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST | None:
        """Turn it into a plain assignment, or into `pass` if it assigns nothing."""
        plain = ast.Assign([node.target], node.value, lineno=0) if node.value else ast.Pass()
        return self.visit(plain)


def _is_text(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)

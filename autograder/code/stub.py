"""A solution cell as released, and whether a cell still is that stub.

The syntax tree decides: a stub with a print, a comment, another docstring or a renamed variable in
it answers nothing, as long as its functions raise `NotImplementedError` as they did.
"""

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache

from autograder.code.normal_form import parsed

Function = ast.FunctionDef | ast.AsyncFunctionDef
Definition = Function | ast.ClassDef
BLOCKS = ("body", "orelse", "finalbody")
LARGEST = 2**17  # characters of a cell that is looked at
CELL = ""  # the name of a cell's own statements, beside those of its functions


@dataclass(frozen=True)
class Stub:
    """A solution cell as released.

    Parameters
    ----------
    source : str
    """

    source: str

    @cached_property
    def names(self) -> frozenset[str]:
        """The classes and functions that it defines."""
        return frozenset(defined(self.source))

    @cached_property
    def raising(self) -> frozenset[str]:
        """Its functions that only raise `NotImplementedError`, such as "Dropout.backward"."""
        found = {name for name, one in _functions(self._body) if _only_raises(one.body)}
        return frozenset(found if _before_raise(self._body) is None else {*found, CELL})

    def still_raising(self, python: str) -> set[str]:
        """Return which of these functions still only raise in a cell."""
        body = _body(python) if "NotImplementedError" in python else None
        return self._still_raising(body or [])

    def may_be_in(self, python: str) -> bool:
        """Return quickly whether a cell may define one of its names."""
        return self._mention.search(python) is not None

    def is_unanswered(self, python: str) -> bool:
        """Return whether a cell fills in nothing that the stub leaves open."""
        text = python.strip()
        if text in {"", self.source.strip()}:
            return True
        if "NotImplementedError" not in text and self._head.search(text):
            return False  # seen without parsing it, as for most answers
        body = _body(text)
        if not body:
            return body is not None  # None: not valid Python, but not the stub either
        if not self.raising:  # the stub's functions do something else, such as `pass`
            return _meaning(body) == _meaning(self._body)
        still = self._still_raising(body)
        written = self.raising & dict(_functions(body)).keys()
        return bool(still) and written <= still and not any(map(self._rebinds, body))

    @cached_property
    def _body(self) -> list[ast.stmt]:
        return _body(self.source) or []

    @cached_property
    def _head(self) -> re.Pattern[str]:
        """A pattern of the first lines of the definitions that the student completes."""
        names = {name.partition(".")[0] for name in self.raising - {CELL}}
        return re.compile(
            rf"^(?:class|def) (?:{'|'.join(names)})\b" if names else r"(?!)", re.MULTILINE
        )

    @cached_property
    def _mention(self) -> re.Pattern[str]:
        return re.compile(
            rf"\b(?:class|def)\s+(?:{'|'.join(self.names)})\b" if self.names else "(?!)"
        )

    def _still_raising(self, body: list[ast.stmt]) -> set[str]:
        found = {name for name, one in dict(_functions(body)).items() if _only_raises(one.body)}
        before, released = _before_raise(body), _before_raise(self._body)
        if before is not None and _meaning(before) == _meaning(released or []):
            found.add(CELL)
        return found & self.raising

    def _rebinds(self, statement: ast.stmt) -> bool:
        """Return whether a statement assigns to a name of the stub, or to a part of it."""
        if isinstance(statement, Definition):
            within = [node for one in statement.decorator_list for node in ast.walk(one)]
            return any(isinstance(node, ast.Name) and node.id in self.names for node in within)
        for node in ast.walk(statement):
            if isinstance(node, ast.alias) and (node.asname or node.name) in self.names:
                return True
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "setattr":
                return True
            if isinstance(getattr(node, "ctx", None), ast.Store):
                root: ast.AST = node
                while isinstance(root, ast.Attribute | ast.Subscript):
                    root = root.value
                if isinstance(root, ast.Name) and root.id in self.names:
                    return True
        return False


@lru_cache(maxsize=64)
def stub_of(source: str) -> Stub:
    """Return the stub of a released text, which is looked through once."""
    return Stub(source)


def is_python(python: str) -> bool:
    """Return whether a cell can be read as Python; one too large to look at counts as such."""
    return len(python) > LARGEST or parsed(python) is not None


def defined(python: str) -> set[str]:
    """Return the classes and functions that a cell defines, in an `if` or `try` too."""
    return {node.name for node in _definitions(_body(python) or [])}


def imported(python: str) -> set[str]:
    """Return the names that a cell imports from modules; "*" if all of a module's."""
    imports = [node for node in _body(python) or [] if isinstance(node, ast.ImportFrom)]
    return {alias.asname or alias.name for node in imports for alias in node.names}


def _body(python: str) -> list[ast.stmt] | None:
    """Return a cell's statements that do something; None if they cannot be parsed."""
    tree = parsed(python) if len(python) <= LARGEST else None
    if tree is None:
        return None
    for node in ast.walk(tree):
        for block in BLOCKS:
            if isinstance(statements := getattr(node, block, None), list):
                setattr(node, block, [one for one in statements if not _is_idle(one)])
    return tree.body


def _is_idle(statement: ast.stmt) -> bool:
    """Return whether a statement is a docstring, another constant, `pass`, or a print."""
    if not isinstance(statement, ast.Expr):
        return isinstance(statement, ast.Pass)
    value = statement.value
    prints = isinstance(value, ast.Call) and getattr(value.func, "id", "") in {"print", "display"}
    return prints or isinstance(value, ast.Constant)


def _definitions(body: Iterable[ast.stmt]) -> Iterator[Definition]:
    """Yield the definitions among statements, and in their `if`, `try` and `with`."""
    for statement in body:
        if isinstance(statement, Definition):
            yield statement
        elif isinstance(statement, ast.If | ast.Try | ast.With):
            inner = [getattr(statement, block, []) for block in BLOCKS]
            inner += [handler.body for handler in getattr(statement, "handlers", [])]
            for block in inner:
                yield from _definitions(block)


def _functions(body: Iterable[ast.stmt], prefix: str = "") -> Iterator[tuple[str, Function]]:
    """Yield functions and methods with their full names; the last one of a name counts."""
    for node in _definitions(body):
        if isinstance(node, ast.ClassDef):
            bound = {n.id for one in node.body for n in _assigned(one)}
            inner = [one for one in _definitions(node.body) if one.name not in bound]
            yield from _functions(inner, f"{prefix}{node.name}.")
        else:
            yield f"{prefix}{node.name}", node


def _assigned(statement: ast.stmt) -> list[ast.Name]:
    targets = statement.targets if isinstance(statement, ast.Assign) else []
    return [target for target in targets if isinstance(target, ast.Name)]


def _only_raises(body: list[ast.stmt]) -> bool:
    """Return whether a function raises `NotImplementedError` before it can return anything."""
    before = _before_raise(body)
    if before is None:
        return False
    gives = ast.Return | ast.Yield | ast.YieldFrom
    own = [one for one in before if not isinstance(one, Definition)]
    return not any(isinstance(node, gives) for one in own for node in ast.walk(one))


def _before_raise(body: list[ast.stmt]) -> list[ast.stmt] | None:
    """Return the statements before `raise NotImplementedError`; None if there is none."""
    for number, statement in enumerate(body):
        if isinstance(statement, ast.Raise):
            raised = statement.exc
            raised = raised.func if isinstance(raised, ast.Call) else raised
            return body[:number] if getattr(raised, "id", "") == "NotImplementedError" else None
    return None


def _meaning(body: list[ast.stmt]) -> list[str]:
    """Return statements in a form that spaces, comments and docstrings do not change."""
    try:
        return [ast.dump(statement) for statement in body]
    except RecursionError:
        return ["..."]

"""The single edits of a solution: its text with one place changed, as by one slip."""

import ast
import itertools
from collections.abc import Iterable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from typing import NamedTuple

from autograder.audit.edit_kinds import KINDS, SELF, Part, Scope
from autograder.code.normal_form import parsed

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass(frozen=True)
class Edit:
    """A solution with one place changed."""

    kind: str  # one of `KINDS`
    function: str  # that is changed, such as "backward"; empty for other code
    line: int  # of the solution, where the change begins
    above: str  # the line before
    before: str  # the changed lines, as one line
    after: str
    source: str  # the whole solution with this edit


def edits(source: str, stub: str = "") -> list[Edit]:
    """Return all single edits of what a solution adds to its stub.

    What the stub gives stays as it is, and so do docstrings, annotations and error messages. Edits
    that are not valid Python, change nothing or repeat another edit are left out.

    Parameters
    ----------
    source : str
        The text of a solution cell, in Python.
    stub : str
        The cell as released.

    Returns
    -------
    edits : list of Edit
        In the order of the code.
    """
    released = parsed(stub) or ast.Module([], [])
    given = {(block.name, _meaning(part)) for block in _blocks(released) for part in block.parts}
    written = [
        (part, block)
        for block in _blocks(ast.parse(source))
        for part in block.parts
        if (block.name, _meaning(part)) not in given
    ]
    texts = tuple(dict.fromkeys(_texts(part for part, _ in written)))
    found = []
    for part, block in written:
        text = _Text(source, part)
        seen = {text.meaning}
        for node in _editable(part):
            for kind, changes in KINDS.items():
                for place, by in changes(node, Scope(block.names, block.attributes, texts)):
                    edited = text.changed(place, by)
                    if edited and edited.meaning not in seen:
                        seen.add(edited.meaning)
                        lines = text.lines(place, edited.source)
                        found.append(Edit(kind, block.function, *lines, edited.source))
    return found


@dataclass(frozen=True)
class _Block:
    """The module, a class or a function, without its docstring, and without classes and methods."""

    name: str  # such as "Dropout.backward"
    parts: list[Part]
    names: tuple[str, ...]  # that it defines
    attributes: tuple[str, ...]  # of the instance, if it is a method

    @property
    def function(self) -> str:
        """The function's own name; empty for a module or a class."""
        return self.name.rpartition(".")[2]


def _blocks(node: ast.AST, prefix: str = "", attributes: tuple[str, ...] = ()) -> Iterator[_Block]:
    """Yield a block, and those of the classes and functions in it."""
    if isinstance(node, FUNCTIONS):
        defaults = filter(None, [*node.args.defaults, *node.args.kw_defaults])
        parts: list[Part] = [*defaults, *_without_docstring(node.body)]
        names = [name for name in _local_names(node) if name != "self"]
        yield _Block(f"{prefix}{node.name}", parts, tuple(names), attributes)
    elif isinstance(node, ast.Module | ast.ClassDef):
        if isinstance(node, ast.ClassDef):
            prefix, attributes = f"{prefix}{node.name}.", _attributes(node)
        inner = [one for one in node.body if isinstance(one, (*FUNCTIONS, ast.ClassDef))]
        own = [one for one in _without_docstring(node.body) if one not in inner]
        yield _Block(prefix, [*own], _local_names(ast.Module(own, [])), ())
        for one in inner:
            yield from _blocks(one, prefix, attributes)


def _without_docstring(body: list[ast.stmt]) -> list[ast.stmt]:
    return [
        one
        for one in body
        if not (isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant))
    ]


def _local_names(node: ast.AST) -> tuple[str, ...]:
    """Return the parameters and variables of a function, or the variables of other code."""
    found = (
        one.arg if isinstance(one, ast.arg) else one.id
        for one in _in_order(node)
        if isinstance(one, ast.arg)
        or (isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store))
    )
    return tuple(dict.fromkeys(found))


def _attributes(node: ast.ClassDef) -> tuple[str, ...]:
    """Return the attributes of the instance that a class uses as values: it calls none of them."""
    called = {one.func for one in ast.walk(node) if isinstance(one, ast.Call)}
    called |= {one.value for one in called if isinstance(one, ast.Attribute)}
    methods = {ast.unparse(one) for one in called}
    found = (
        one.attr
        for one in _in_order(node)
        if isinstance(one, ast.Attribute) and ast.unparse(one) == f"{SELF}{one.attr}"
    )
    return tuple(f"{SELF}{name}" for name in dict.fromkeys(found) if f"{SELF}{name}" not in methods)


def _texts(parts: Iterable[Part]) -> Iterator[str]:
    """Yield the string constants in some code."""
    for node in itertools.chain.from_iterable(map(_editable, parts)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def _in_order(node: ast.AST) -> Iterator[ast.AST]:
    """Yield a part and all parts of it, in the order of the code."""
    yield node
    for child in ast.iter_child_nodes(node):
        yield from _in_order(child)


def _editable(node: ast.AST) -> Iterator[Part]:
    """Yield the parts of a code that a slip may change: no annotation, no message, no decorator."""
    if isinstance(node, ast.JoinedStr):
        return
    if isinstance(node, Part):
        yield node
    if isinstance(node, ast.Raise):
        return
    for field, value in ast.iter_fields(node):
        if field not in ("annotation", "returns", "decorator_list"):
            for child in value if isinstance(value, list) else [value]:
                if isinstance(child, ast.AST):
                    yield from _editable(child)


def _meaning(part: Part) -> str:
    """Return a part in a form that annotations and error messages do not change."""
    return ast.dump(_Plain().visit(deepcopy(part)))


class _Plain(ast.NodeTransformer):
    """Removes annotations and error messages."""

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.stmt:
        return ast.Assign([node.target], node.value) if node.value else ast.Pass()

    def visit_Raise(self, node: ast.Raise) -> ast.Raise:
        return ast.Raise(node.exc.func if isinstance(node.exc, ast.Call) else node.exc)


class _Changed(NamedTuple):
    """A text after a change."""

    source: str
    meaning: str  # of the part that was changed


class _Text:
    """A Python text in which an edit changes one part; only this part is parsed again."""

    def __init__(self, source: str, part: Part) -> None:
        self._bytes = source.encode()  # which a syntax tree counts
        lines = self._bytes.splitlines(keepends=True)
        self._starts = [0, *itertools.accumulate(map(len, lines))]
        self._part = self._span(part)
        self._open, self._close = "(", ")"
        if isinstance(part, ast.stmt):
            before = self._bytes[self._starts[part.lineno - 1] : self._part.start].decode()
            self._open, self._close = f"if True:\n{before}" if before.isspace() else "", ""
        self.meaning = self._meaning(self._bytes[self._part].decode())

    def changed(self, place: Part, by: str) -> _Changed | None:
        """Return the text with something else in a place; None if that is not valid Python.

        It gets parentheses where it needs them.
        """
        span = self._span(place)
        before = self._bytes[self._part.start : span.start].decode()
        after = self._bytes[span.stop : self._part.stop].decode()
        plain, safe = f"{before}{by}{after}", f"{before}({by}){after}"
        meaning, meant = self._meaning(plain), self._meaning(safe)
        if meant and meaning != meant:  # statements and slices cannot have parentheses
            plain, meaning = safe, meant
        if not meaning:
            return None
        start, end = self._bytes[: self._part.start], self._bytes[self._part.stop :]
        return _Changed(f"{start.decode()}{plain}{end.decode()}", meaning)

    def lines(self, place: Part, changed: str) -> tuple[int, str, str, str]:
        """Return a place's line number, the line above, its lines, and these lines changed."""
        first, last = place.lineno, place.end_lineno or place.lineno
        old, new = self._bytes.decode().splitlines(), changed.splitlines()
        above = old[max(first - 2, 0) : first - 1]
        after = new[first - 1 : last + len(new) - len(old)]
        return first, _joined(above), _joined(old[first - 1 : last]), _joined(after)

    def _meaning(self, part: str) -> str:
        """Return a part's syntax tree as a text; empty if it is not valid Python."""
        tree = parsed(f"{self._open}{part}{self._close}")
        return ast.dump(tree) if tree else ""

    def _span(self, node: Part) -> slice:
        """Return where a part begins and ends, in bytes."""
        start = self._starts[node.lineno - 1] + node.col_offset
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        return slice(start, self._starts[node.end_lineno - 1] + node.end_col_offset)


def _joined(lines: list[str]) -> str:
    return " ".join(line.strip() for line in lines)

"""The kinds of single edits: what a slip of the hand or of the mind makes of one place in a code.

They are written here on `ast`, since a library such as cosmic-ray has a third of these kinds and
brings an HTTP client and a Git client with it.
"""

import ast
from collections.abc import Callable, Iterator
from copy import copy
from dataclasses import dataclass
from typing import Any, TypeVar

SLIPS: dict[type[ast.operator], tuple[type[ast.operator], ...]] = {
    ast.Add: (ast.Sub, ast.Mult),
    ast.Sub: (ast.Add, ast.Div),
    ast.Mult: (ast.Div, ast.Add, ast.MatMult),
    ast.Div: (ast.Mult, ast.Sub, ast.FloorDiv),
    ast.FloorDiv: (ast.Div,),
    ast.Mod: (ast.Div,),
    ast.Pow: (ast.Mult,),
    ast.MatMult: (ast.Mult,),
    ast.BitAnd: (ast.BitOr,),
    ast.BitOr: (ast.BitAnd,),
    ast.BitXor: (ast.BitOr,),
}
COMMUTATIVE = (ast.Add, ast.Mult, ast.BitAnd, ast.BitOr, ast.BitXor)
ORDER = (ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Eq, ast.NotEq)
GROUPS = (ORDER, (ast.Is, ast.IsNot), (ast.In, ast.NotIn))
SELF = "self."

Node = TypeVar("Node", bound=ast.AST)


@dataclass(frozen=True)
class Scope:
    """What can stand for something else in a place.

    Parameters
    ----------
    names : tuple of str
        Parameters and local names of the function.
    attributes : tuple of str
        Attributes of the instance, such as "self.p".
    texts : tuple of str
        The string constants of the cell.
    """

    names: tuple[str, ...]
    attributes: tuple[str, ...]
    texts: tuple[str, ...]


Part = ast.stmt | ast.expr
Change = tuple[Part, str]  # a part of the code, and the text in its place
Kind = Callable[[Part, Scope], Iterator[Change]]


def operators(node: Part, scope: Scope) -> Iterator[Change]:
    """Another operator between two values, either value alone, or both in the other order."""
    if isinstance(node, ast.BinOp | ast.AugAssign):
        for other in SLIPS.get(type(node.op), ()):
            yield _changed(node, op=other())
    if isinstance(node, ast.BinOp):
        yield node, ast.unparse(node.left)
        yield node, ast.unparse(node.right)
        if not isinstance(node.op, COMMUTATIVE):
            yield _changed(node, left=node.right, right=node.left)


def comparisons(node: Part, scope: Scope) -> Iterator[Change]:
    """Another comparison."""
    if isinstance(node, ast.Compare):
        for place, operator in enumerate(node.ops):
            for group in GROUPS:
                for other in group:
                    if type(operator) in group and not isinstance(operator, other):
                        yield _changed(node, ops=_replaced(node.ops, place, [other()]))


def booleans(node: Part, scope: Scope) -> Iterator[Change]:
    """`and` for `or`, one part of them less, the other truth value."""
    if isinstance(node, ast.BoolOp):
        yield _changed(node, op=ast.Or() if isinstance(node.op, ast.And) else ast.And())
        for place in range(len(node.values)):
            left = _replaced(node.values, place, [])
            yield _changed(node, values=left) if left[1:] else (node, ast.unparse(left[0]))
    if isinstance(node, ast.Constant) and isinstance(node.value, bool):
        yield node, str(not node.value)


def signs(node: Part, scope: Scope) -> Iterator[Change]:
    """No `-`, `not` or `~`."""
    if isinstance(node, ast.UnaryOp):
        yield node, ast.unparse(node.operand)


def numbers(node: Part, scope: Scope) -> Iterator[Change]:
    """One more, one less, 0, 1, or negated."""
    value = node.value if isinstance(node, ast.Constant) else None
    if isinstance(value, int | float) and not isinstance(value, bool):
        for other in (value + 1, value - 1, 0, 1, -value):
            yield node, repr(other)


def conditions(node: Part, scope: Scope) -> Iterator[Change]:
    """The opposite condition, or always the same one."""
    tests = [node.test] if isinstance(node, ast.If | ast.IfExp | ast.While | ast.Assert) else []
    if isinstance(node, ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp):
        tests = [test for each in node.generators for test in each.ifs]
    for test in tests:
        if not isinstance(test, ast.UnaryOp):  # otherwise without its sign
            yield test, ast.unparse(ast.UnaryOp(ast.Not(), test))
        yield test, "True"
        yield test, "False"


def statements(node: Part, scope: Scope) -> Iterator[Change]:
    """One statement less."""
    if isinstance(node, ast.stmt):
        yield node, "pass"


def names(node: Part, scope: Scope) -> Iterator[Change]:
    """Another name of the same function, or another attribute of the instance."""
    if isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Load):
        name = ast.unparse(node)
        for group in (scope.names, scope.attributes):
            if name in group:
                for other in group:
                    yield node, other


def texts(node: Part, scope: Scope) -> Iterator[Change]:
    """Another text of the cell, such as a key."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        for other in scope.texts:
            yield node, repr(other)


def arguments(node: Part, scope: Scope) -> Iterator[Change]:
    """A call with one argument less, such as `axis`, or with two of them in the other order."""
    if isinstance(node, ast.Call):
        for place in range(len(node.args)):
            yield _changed(node, args=_replaced(node.args, place, []))
            if place:
                pair = [node.args[place], node.args[place - 1]]
                yield _changed(node, args=[*node.args[: place - 1], *pair, *node.args[place + 1 :]])
        for place in range(len(node.keywords)):
            yield _changed(node, keywords=_replaced(node.keywords, place, []))


def calls(node: Part, scope: Scope) -> Iterator[Change]:
    """A call's first argument, or the object whose method it calls, as without `.copy()`."""
    if isinstance(node, ast.Call):
        if node.args and not isinstance(node.args[0], ast.Starred):
            yield node, ast.unparse(node.args[0])
        if isinstance(node.func, ast.Attribute) and not _is_of_module(node.func, scope):
            yield node, ast.unparse(node.func.value)


def subscripts(node: Part, scope: Scope) -> Iterator[Change]:
    """The whole instead of a part, or a slice without one of its bounds."""
    if isinstance(node, ast.Subscript):
        yield node, ast.unparse(node.value)
    if isinstance(node, ast.Slice):
        for bound in ("lower", "upper", "step"):
            yield _changed(node, **{bound: None})


def assignments(node: Part, scope: Scope) -> Iterator[Change]:
    """`=` for `+=` and the reverse."""
    if isinstance(node, ast.AugAssign):
        yield node, f"{ast.unparse(node.target)} = {ast.unparse(node.value)}"
    if isinstance(node, ast.Assign) and len(node.targets) == 1:
        yield node, f"{ast.unparse(node.targets[0])} += {ast.unparse(node.value)}"


def parentheses(node: Part, scope: Scope) -> Iterator[Change]:
    """`a - b / c` for `(a - b) / c` and the reverse; of a comparison, too."""
    if not (parts := _parts(node)):
        return
    first, join, last = parts
    if inner := _parts(first):
        yield node, ast.unparse(inner[1](inner[0], join(inner[2], last)))
    if inner := _parts(last):
        yield node, ast.unparse(inner[1](join(first, inner[0]), inner[2]))


def returns(node: Part, scope: Scope) -> Iterator[Change]:
    """Another name returned."""
    if isinstance(node, ast.Return) and node.value:
        for name in scope.names:
            yield node.value, name


KINDS: dict[str, Kind] = {
    "operator": operators,
    "comparison": comparisons,
    "boolean": booleans,
    "sign": signs,
    "number": numbers,
    "condition": conditions,
    "statement": statements,
    "name": names,
    "text": texts,
    "argument": arguments,
    "call": calls,
    "subscript": subscripts,
    "assignment": assignments,
    "parentheses": parentheses,
    "return": returns,
}


def _changed(node: Part, **fields: Any) -> Change:
    """Return a part of the code, and its text with other fields."""
    other = copy(node)
    vars(other).update(fields)
    return node, ast.unparse(other)


def _replaced(parts: list[Node], place: int, by: list[Node]) -> list[Node]:
    return [*parts[:place], *by, *parts[place + 1 :]]


def _is_of_module(node: ast.expr, scope: Scope) -> bool:
    """Return whether a name such as `np.random.rand` begins with a name from elsewhere."""
    while isinstance(node, ast.Attribute):
        node = node.value
    own = {"self", "super", *(name.partition(".")[0] for name in scope.names)}
    return isinstance(node, ast.Name) and node.id not in own


def _parts(
    node: Part,
) -> tuple[ast.expr, Callable[[ast.expr, ast.expr], ast.expr], ast.expr] | None:
    """Return both values of an operator or a comparison, and a function that joins such values."""
    if isinstance(node, ast.BinOp):
        return node.left, lambda left, right: ast.BinOp(left, node.op, right), node.right
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        return (
            node.left,
            lambda left, right: ast.Compare(left, node.ops, [right]),
            node.comparators[0],
        )
    return None

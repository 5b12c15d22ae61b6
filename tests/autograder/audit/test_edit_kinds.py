"""The kinds of single edits: what each makes of one line."""

import ast

import pytest

from autograder.audit.edit_kinds import KINDS, Scope

SCOPE = Scope(names=("a", "b"), attributes=("self.p", "self.q"), texts=("left", "right"))


def changes(kind, line):
    """Return what a kind makes of a line's parts, as `part -> text`."""
    return [
        f"{ast.get_source_segment(line, place)} -> {by}"
        for node in ast.walk(ast.parse(line))
        if isinstance(node, ast.stmt | ast.expr)
        for place, by in KINDS[kind](node, SCOPE)
    ]


@pytest.mark.parametrize(
    ("kind", "line", "expected"),
    [
        ("operator", "a + b", ["a - b", "a * b", "a", "b"]),
        ("operator", "a - b", ["a + b", "a / b", "a", "b", "b - a"]),
        ("operator", "a * b", ["a / b", "a + b", "a @ b", "a", "b"]),
        ("operator", "a & b", ["a | b", "a", "b"]),
        ("operator", "a += b", ["a -= b", "a *= b"]),
        ("comparison", "a < b", ["a <= b", "a > b", "a >= b", "a == b", "a != b"]),
        ("comparison", "a is None", ["a is not None"]),
        ("comparison", "a not in b", ["a in b"]),
        ("boolean", "a and b", ["a or b", "b", "a"]),
        ("boolean", "True", ["False"]),
        ("sign", "not a", ["a"]),
        ("sign", "-a", ["a"]),
        ("number", "2", ["3", "1", "0", "1", "-2"]),
        ("number", "0.5", ["1.5", "-0.5", "0", "1", "-0.5"]),
        ("statement", "a = b", ["pass"]),
        ("name", "self.p", ["self.p", "self.q"]),
        ("text", "'left'", ["'left'", "'right'"]),
        ("argument", "f(a, b)", ["f(b)", "f(a)", "f(b, a)"]),
        ("argument", "f(a, axis=0)", ["f(axis=0)", "f(a)"]),
        ("call", "np.copy(a)", ["a"]),
        ("call", "a.copy()", ["a"]),
        ("call", "self.p.astype(int)", ["int", "self.p"]),
        ("subscript", "a[0]", ["a"]),
        ("assignment", "a += b", ["a = b"]),
        ("assignment", "a = b", ["a += b"]),
        ("parentheses", "(a - b) / c", ["a - b / c"]),
        ("parentheses", "a - b / c", ["(a - b) / c"]),
        ("parentheses", "(a > b) / c", ["a > b / c"]),
    ],
)
def test_a_kind_of_edit(kind, line, expected):
    """The whole line is changed so, and nothing else is."""
    assert changes(kind, line) == [f"{line} -> {one}" for one in expected]


@pytest.mark.parametrize(
    ("kind", "code", "expected"),
    [
        ("condition", "if a:\n    b", ["a -> not a", "a -> True", "a -> False"]),
        ("condition", "x if not a else b", ["not a -> True", "not a -> False"]),
        ("condition", "[x for x in a if b]", ["b -> not b", "b -> True", "b -> False"]),
        ("subscript", "a[:2]", ["a[:2] -> a", ":2 -> :2", ":2 -> :", ":2 -> :2"]),
        ("name", "f(a)", ["a -> a", "a -> b"]),
        ("name", "a = 1", []),
        ("return", "def f():\n    return 1", ["1 -> a", "1 -> b"]),
        ("argument", "a", []),
        (
            "comparison",
            "a < b < c",
            [f"a < b < c -> a {one} b < c" for one in ("<=", ">", ">=", "==", "!=")]
            + [f"a < b < c -> a < b {one} c" for one in ("<=", ">", ">=", "==", "!=")],
        ),
    ],
)
def test_a_kind_of_edit_within_a_code(kind, code, expected):
    """These parts are changed so, and no others."""
    assert changes(kind, code) == expected

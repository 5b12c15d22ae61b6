"""The edits of a solution: of what it adds to its stub, one at a time, each a change."""

import ast
import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.audit.edits import edits

STUB = '''\
class Scaler(Scaling):
    """Scales."""

    def __init__(self, factor=2.0):
        if factor < 0:
            raise ValueError(f"factor must be positive, got {factor}")
        self.factor = factor

    def __call__(self, x):
        """Return x, scaled."""
        raise NotImplementedError
'''
SOLVED = STUB.replace("raise NotImplementedError", "return x * self.factor")


def made(source, stub="", kind=None):
    return [edit for edit in edits(source, stub) if kind in (None, edit.kind)]


def test_only_what_a_solution_adds_is_changed():
    """Neither docstrings nor the stub's statements and signatures."""
    found = made(SOLVED, STUB)
    assert {edit.line for edit in found} == {11}
    assert {edit.before for edit in found} == {"return x * self.factor"}
    assert "return x / self.factor" in [edit.after for edit in found]


def test_annotations_and_messages_make_no_difference():
    """A given statement stays as it is, though a solution annotates it or says it in other words."""
    other = SOLVED.replace("self.factor = factor", "self.factor: float = factor")
    other = other.replace("must be positive", "must be at least 0").replace("x):", "x: float):")
    assert {edit.line for edit in made(other, STUB)} == {11}


def test_what_a_solution_changes_of_the_stub_is_changed():
    """Another default, another statement of `__init__`, a function beside the class."""
    other = SOLVED.replace("factor=2.0", "factor=3.0").replace("= factor\n", "= abs(factor)\n")
    other = f"{other}\n\ndef double(x):\n    return 2 * x\n"
    assert {edit.line for edit in made(other, STUB)} == {4, 7, 11, 15}


def test_an_edit_has_its_place_and_its_whole_text():
    """The changed line, the line above it, and the solution with only this line changed."""
    source = "def f(x):\n    y = 2\n    return x + y\n"
    edit = next(edit for edit in made(source) if edit.after == "return x - y")
    assert (edit.kind, edit.line, edit.above, edit.before) == (
        "operator",
        3,
        "y = 2",
        "return x + y",
    )
    assert edit.source == "def f(x):\n    y = 2\n    return x - y\n"


def test_a_change_gets_the_parentheses_it_needs():
    """The rest of the line means what it meant."""
    afters = [edit.after for edit in made("y = a - b * (c - d)\n", kind="operator")]
    assert "y = a - (b + (c - d))" in afters
    assert "y = a - b * (c + d)" in afters


def test_a_statement_of_several_lines_is_dropped_as_a_whole():
    """And shown as one line."""
    source = "def f(x):\n    if x:\n        y = 1\n    return x\n"
    edit = next(edit for edit in made(source, kind="statement") if edit.line == 2)
    assert (edit.before, edit.after) == ("if x: y = 1", "pass")
    assert edit.source == "def f(x):\n    pass\n    return x\n"


def test_names_are_those_of_the_function_and_attributes_those_of_the_class():
    """No name of another function, no attribute that is called."""
    source = textwrap.dedent("""\
        class A:
            def one(self, a, b):
                self.p = self.layer(a)

            def two(self, c):
                return self.p - self.q
        """)
    assert [edit.after for edit in made(source, kind="name")] == [
        "self.p = self.layer(b)",
        "return self.q - self.q",
        "return self.p - self.p",
    ]


def test_letters_of_several_bytes_do_not_shift_a_change():
    """A syntax tree counts bytes."""
    [edit] = made("größe = ('ä', -schön)\n", kind="sign")
    assert edit.source == "größe = ('ä', schön)\n"


LINES = st.sampled_from(
    [
        "h = self.layer(x)",
        "if not self.training:\n    return h",
        "for i, row in enumerate(x):\n    h[i] += row * 2\nelse:\n    h = -h",
        "self.mask = (np.random.rand(*h.shape) > self.p) / (1 - self.p)",
        "größe: float = np.sum(h ** 2, axis=0, keepdims=True).copy()",
        "y = [f'{a}' for a in x if a is not None and 'ä' < a]",
        "h[1:, None] = x if self.p else h @ x",
        "try:\n    x = x['weights'] - x['bias'] - 1.5\nexcept KeyError:\n    raise ValueError('no') from None",
        "while True: break",
        "with np.errstate(all='ignore'): h /= x; x = h",
        "g = lambda a, b=2: (\n    a\n    + b\n)",
        "return h",
    ]
)


@pytest.mark.unmeasured
@given(st.lists(LINES, min_size=1, max_size=6))
def test_each_edit_is_python_with_another_meaning_in_one_place(lines):
    """None repeats another, and what surrounds the changed lines stays as it is."""
    body = textwrap.indent("\n".join(lines), " " * 8)
    source = f"class A:\n    def f(self, x):\n{body}\n"
    found = edits(source)
    meanings = [ast.dump(ast.parse(edit.source)) for edit in found]
    assert len({*meanings, ast.dump(ast.parse(source))}) == len(found) + 1
    for edit in found:
        old, new = source.splitlines(), edit.source.splitlines()
        first = edit.line - 1
        changed = next(
            count
            for count in range(1, len(old) + 1)
            if " ".join(map(str.strip, old[first : first + count])) == edit.before
        )
        assert old[:first] == new[:first]
        assert old[first + changed :] == new[first + changed + len(new) - len(old) :]

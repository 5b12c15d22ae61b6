"""The normal form: what copying can change leaves it as it is, and what is thought changes it."""

import warnings

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.code.normal_form import MAX_CODE, normal_form, parsed, tokens

STUB = '''\
class Scaler(Scaling):
    """Scale x."""

    def __init__(self, factor: float = 2.0) -> None:
        self.factor = factor

    def __call__(self, x: float) -> float:
        # YOUR CODE HERE
        raise NotImplementedError()
'''
GIVEN = STUB.partition("        # YOUR")[0]
ANSWER = f"{GIVEN}        mask = np.random.rand(3) > self.factor\n        return mask * x\n"
COPIES = {
    "names": ANSWER.replace("mask", "keep"),
    "comments": ANSWER.replace("return", "# I wrote this\n        return"),
    "layout": ANSWER.replace("    ", "\t"),
    "parentheses": ANSWER.replace("mask * x", "((mask) * (x))"),
    "blank lines": ANSWER.replace("\n", "\n\n"),
    "docstring": ANSWER.replace("Scale x.", "My own words."),
    "annotations": ANSWER.replace(": float) -> float", ")"),
    "annotated": ANSWER.replace("mask =", "mask: np.ndarray ="),
    "a line that is broken": ANSWER.replace("(3) >", "(\n            3\n        ) >"),
    "quotes and semicolons": ANSWER.replace("\n        return", "; return"),
}


@pytest.mark.parametrize("copy", COPIES.values(), ids=COPIES)
def test_what_copying_can_change_does_not_count(copy):
    """Names, comments, docstrings, layout: the copy is the same."""
    assert copy != ANSWER
    assert normal_form(copy, STUB) == normal_form(ANSWER, STUB)


@pytest.mark.parametrize(
    "other",
    [
        ANSWER.replace("np.random.rand(3)", "np.random.normal(3)"),
        ANSWER.replace("> self", "< self"),
        ANSWER.replace("(3)", "(4)"),
        ANSWER.replace("mask * x", "mask * x / 2"),
    ],
    ids=["library", "operator", "number", "term"],
)
def test_what_is_thought_does_count(other):
    """Another function of NumPy's, another operator, number or term is another form."""
    assert normal_form(other, STUB) != normal_form(ANSWER, STUB)


def test_an_attribute_may_have_another_name():
    """As long as the stub does not name it."""
    one, other = (ANSWER.replace("mask", f"self.{name}") for name in ("mask", "kept"))
    assert normal_form(one, STUB) == normal_form(other, STUB)
    assert normal_form(ANSWER.replace("mask", "self.factor"), STUB) != normal_form(one, STUB)


def test_by_hand():
    """What the stub has is left out, its names stay, and all others are the same."""
    assert normal_form(ANSWER, STUB) == ("v = np.random.rand(3) > self.factor", "return v * x")


def test_methods_may_change_places():
    """They stand in the order of their names."""
    methods = ["    def a(self):\n        return 1\n", "    def b(self):\n        return 2\n"]
    one, other = ("class A:\n" + "".join(order) for order in (methods, methods[::-1]))
    assert normal_form(one, "def a(): 0\ndef b(): 0") == normal_form(
        other, "def a(): 0\ndef b(): 0"
    )


def test_a_stub_has_nothing_of_its_own():
    """Nor has one to which comments were added."""
    assert normal_form(STUB, STUB) == ()
    assert normal_form(f"# mine\n{STUB}", STUB) == ()


def test_code_that_is_no_python_is_read_line_by_line():
    """Comments, layout and the stub's lines are left out all the same."""
    broken = f"{GIVEN}        return x *   # oops\n"
    assert normal_form(broken, STUB) == ("return x *",)


DEEP = {
    "signs": "-" * 100_000 + "1",
    "attributes": "a" + ".b" * 40_000,
    "sum": "1" + "+1" * 20_000,
    "lists": "[" * 190 + "]" * 190,
    "indented": "\n".join(" " * n + "if 1:" for n in range(99)),
    "null": "x = 1\0",
    "escape": "'\\d'",
    "surrogate": "x = '\udcff'",
}


@pytest.mark.parametrize("code", DEEP.values(), ids=DEEP)
def test_whatever_stands_in_a_cell_has_a_form(code):
    """No depth, no odd sign and no warning ends the report of a class."""
    assert normal_form(code, STUB)


def test_a_strange_escape_is_no_warning():
    """Python would warn of it, which is of no use to the staff."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert parsed("'\\d'") is not None


def test_a_long_answer_is_read_to_a_limit():
    """Beyond it nothing is looked at."""
    assert sum(map(len, normal_form("x = 1\n" * 20_000))) <= MAX_CODE


def test_the_tokens_are_words_and_signs():
    """And a mark where a line ends."""
    assert tokens(["a_b += 2.5", "f(x)"]) == [
        "a_b", "+", "=", "2", ".", "5", "\n", "f", "(", "x", ")", "\n",
    ]  # fmt: skip


@pytest.mark.unmeasured
@given(st.text(max_size=60))
def test_any_text_has_a_form_that_stays(text):
    """The same text has the same form, and none of its lines is empty."""
    lines = normal_form(text)
    assert lines == normal_form(text)
    assert all(line == line.strip() != "" for line in lines)

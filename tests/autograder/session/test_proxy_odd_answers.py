"""Odd answers: no value of a student's code breaks the trusted side or the next call."""

import pytest

from autograder.sandbox.sandbox import StudentError
from tests.autograder.support.tiny import start_session

ODD = {
    "object array": "np.array([None, 1], dtype=object)",
    "complex array": "np.array([1j])",
    "text array": "np.array(['a'])",
    "structured array": "np.zeros(2, dtype=[('a', 'f8')])",
    "masked array": "np.ma.array([1.0, 2.0], mask=[True, False])",
    "matrix": "np.matrix([[1.0, 2.0]])",
    "ndarray subclass": "type('Sub', (np.ndarray,), {'shape': (7, 7)})((2,))",
    "generator": "(n for n in range(3))",
    "complex": "3j",
    "set": "{1, 2}",
    "function": "lambda: 3",
    "module": "np",
    "class": "Odd",
    "str subclass": "type('Sub', (str,), {'__str__': lambda self: 1 / 0})('a')",
    "int subclass": "type('Sub', (int,), {'__int__': lambda self: 1 / 0})(3)",
    "float subclass": "type('Sub', (float,), {'__float__': lambda self: 'a'})(3)",
    "list subclass": "type('Sub', (list,), {'__iter__': lambda self: 1 / 0})([3])",
    "dict subclass": "type('Sub', (dict,), {'items': lambda self: 1 / 0})(a=3)",
    "huge integer": "10 ** 5000",
    "deep list": "deep(5000)",
    "circular list": "circular()",
    "long list": "[0.1] * 150_000",
    "long text": "'x' * 2 ** 23",
    "large array": "np.zeros(9 * 2 ** 20)",
    "lone surrogate": "'\\ud800'",
    "tuple as a key": "{(1, 2): 3}",
    "None as a key": "{None: 3}",
    "object as a key": "{Odd: 3}",
    "lying class": "type('Sub', (), {'__class__': property(lambda self: 1 / 0)})()",
    "hostile name": "type('Sub', (), {'__qualname__': 'a' * 10 ** 6})()",
}
ODD_CODE = """\
import numpy as np

def deep(levels):
    value = []
    for _ in range(levels):
        value = [value]
    return value

def circular():
    value = []
    value.append(value)
    return value

class Odd:
    def __init__(self, number):
        self._answer = ANSWERS[number]

    def answer(self):
        return self._answer()

    @property
    def attribute(self):
        return self._answer()

def fine():
    return 1

ANSWERS = [
    lambda: EXPRESSIONS
]
"""


@pytest.fixture(scope="module")
def odd_names(tmp_path_factory):
    """The names of one session for all odd answers: none of them may end it."""
    code = ODD_CODE.replace("EXPRESSIONS", ",\n    lambda: ".join(ODD.values()))
    opened = start_session(tmp_path_factory.mktemp("course"), code)
    yield opened.namespace
    opened.close()


@pytest.mark.parametrize("number", range(len(ODD)), ids=ODD)
def test_an_odd_answer_is_a_value_or_the_students_error(odd_names, number):
    """For any value, the suite gets a value or a StudentError, and the next call works."""
    odd = odd_names.Odd(number)
    for ask in (odd.answer, lambda: odd.attribute):
        try:
            ask()
        except StudentError as error:
            assert str(error).isprintable()
    assert odd_names.fine() == 1

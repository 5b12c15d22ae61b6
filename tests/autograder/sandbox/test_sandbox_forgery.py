"""Forgery: bytes that a student's code writes into the pipe harm only that student."""

import numpy as np
import pytest

from autograder.sandbox.sandbox import DiedError, StudentError

FORGE = """\
import os, socket, sys
from autograder.worker import wire
import numpy as np

def forge(frame):
    for number in range(3, 64):
        try:
            connection = socket.socket(fileno=number)
        except OSError:
            continue
        connection.sendall(frame)
        connection.detach()
        return

def number():
    frame = sys._getframe()
    while "request" not in frame.f_locals:
        frame = frame.f_back
    return frame.f_locals["number"]
"""
ATTACK = f"""\
{FORGE}
def attack(x):
    forge(FRAME)
"""
LATER = f"""\
{FORGE}
class Layer:
    def __init__(self):
        forge(FRAME)
    def f(self):
        return 1

class Reads:
    def __getattr__(self, name):
        forge(READ)
"""


@pytest.mark.parametrize(
    "frame",
    [
        "bytes(8)",
        "b'\\xff' * 100",
        "wire.pack('an answer')",
        "wire.pack([1, 2])",
        "wire.pack({})",
        "wire.pack({'number': -1, 'value': 1})",
        "wire.pack({'number': 'a' * 1000, 'error': 'x'})",
        "wire.pack({'number': wire.Ref(0), 'value': 1})",
        "wire.pack({'number': np.arange(3), 'value': 1})",
        "wire.pack({'number': np.array([[]]), 'value': 1})",
        "wire.pack({'number': number() + 1, 'value': 1})",
        "wire.pack({'number': number(), 'value': 1, 'changed': None})",
        "wire.pack({'number': number(), 'value': 1, 'changed': wire.Ref(3)})",
        "wire.pack({'number': number(), 'value': 1, 'changed': 2})",
        "wire.pack({'number': number(), 'value': 1, 'changed': [2]})",
        "wire.pack({'number': number(), 'value': 1, 'changed': [(-1, np.ones(2))]})",
        "wire.pack({'number': number(), 'value': 1, 'changed': [(1, np.ones(2))]})",
        "wire.pack({'number': number(), 'value': 1, 'changed': [(0, 'no array')]})",
        "wire.pack({'number': number(), 'error': ['a\\n', {'b': wire.Ref(3)}]})",
        "wire.pack({'event': {'a': np.arange(3)}}) + bytes(8)",
    ],
)
def test_a_forged_answer_is_the_students_error(student, frame):
    """Code that writes frames of its own into the connection harms only itself."""
    names = student(ATTACK.replace("FRAME", frame))
    attack = names.attack
    x = np.zeros(2)
    for _ in range(2):
        with pytest.raises(StudentError) as caught:
            attack(x)
        assert str(caught.value).isprintable()
    assert x.tolist() == [0.0, 0.0]


@pytest.mark.parametrize(
    ("answer", "taken"), [("{}", "None"), ("{'value': 7}", "7"), ("{'value': (7, [])}", "(7, [])")]
)
def test_a_forged_answer_is_the_last_one(student, answer, taken):
    """A forged answer that fits is taken; the true answer after it is an error."""
    names = student(ATTACK.replace("FRAME", f"wire.pack({{'number': number(), **{answer}}})"))
    attack = names.attack
    assert repr(attack(1)) == taken
    with pytest.raises(DiedError, match="an answer to another request"):
        attack(1)


@pytest.mark.parametrize(
    "frame",
    [
        "bytes(8) * 9",
        "b'\\xff' * 100",
        "wire.pack({'number': -1, 'value': 1})",
        "wire.pack({'number': number(), 'value': 1})",
        "wire.pack({'number': number() + 1, 'value': 1})",
        "wire.pack({'number': number(), 'value': wire.Ref(2**62 + 1)})",
        "wire.pack({'number': number(), 'value': wire.Ref(2**62 + 2, 'x', ('y', {'f': 'z'}))})",
        "wire.pack({'number': number(), 'value': 1, 'changed': []})",
        "wire.pack({'number': number(), 'error': 'x'})",
        "wire.pack({'number': number(), 'error': ['a\\n', {'b': wire.Ref(3)}]})",
        "wire.pack({'event': 3}) * 9",
    ],
)
def test_a_forged_answer_harms_its_author_alone(student, frame):
    """Forged frames of a constructor are the student's error, or change nothing."""
    names = student(LATER.replace("FRAME", frame).replace("READ", "b''"))
    layer = names.Layer()
    for _ in range(3):
        try:
            assert layer.f() == 1
        except (StudentError, TypeError, AttributeError) as error:
            assert str(error).isprintable()


@pytest.mark.parametrize(
    "frame", ["bytes(8)", "wire.pack({'number': number(), 'value': 1, 'changed': []})"]
)
def test_an_answer_is_one_to_what_was_asked(student, frame):
    """A worker cannot answer a request with a prediction or a change that it did not allow."""
    reads = student(LATER.replace("FRAME", "b''").replace("READ", frame)).Reads()
    with pytest.raises(DiedError, match="the code's answer cannot be read"):
        _ = reads.anything


def test_a_forged_name_is_harmless(student):
    """The name of a student's object reaches a message without control characters."""
    code = "def fail():\n    raise ValueError\n\nfail.__qualname__ = 'a\\n\\x1b[31m\\ud800<b>'"
    fail = student(code).fail
    with pytest.raises(StudentError, match="ValueError") as caught:
        fail()
    assert str(caught.value).isprintable()
    assert repr(fail).isprintable()


@pytest.mark.parametrize("event", ["(99, 1)", "(-1, 1)", "'text'", "{'a': 1}", "np.arange(2)"])
def test_a_forged_place_is_no_fault_of_ours(session, event):
    """A cell that lies about its place, and ends the worker, harms only its student's grade."""
    cell = f"[forge(wire.pack({{'event': {event}}})), os._exit(5)]"
    with pytest.raises(DiedError, match="exit code 5"):
        session(FORGE, cell)

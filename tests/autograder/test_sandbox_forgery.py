"""Forgery: whatever a student's code puts into the pipe itself harms that student alone."""

import pytest

from autograder.sandbox import DiedError, StudentError

FORGERY = """\
import socket
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

def attack():
    forge(FRAME)
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
        "wire.pack({'event': {'a': np.arange(3)}}) + bytes(8)",
        "b''.join(wire.pack({'number': n, 'error': [n, {'a': wire.Ref(3)}]}) for n in range(9))",
        "b''.join(wire.pack({'number': n, 'value': (1, [2])}) for n in range(9))",
        "b''.join(wire.pack({'number': n, 'value': (1, [(-1, np.ones(1))])}) for n in range(9))",
        "b''.join(wire.pack({'number': n, 'value': 1}) for n in range(9))",
        "b''.join(wire.pack({'number': n}) for n in range(9))",
    ],
)
def test_a_forged_answer_is_the_students_error(student, frame):
    """Code that writes frames of its own into the connection harms itself alone."""
    names = student(FORGERY.replace("FRAME", frame))
    attack = names.attack
    for _ in range(2):
        with pytest.raises(StudentError) as caught:
            attack()
        assert str(caught.value).isprintable()


def test_a_forged_name_is_harmless(student):
    """What a student's object is called reaches a message without control characters."""
    code = (
        "class Fake:\n"
        "    def __init__(self): self.__qualname__ = 'a\\n\\x1b[31m\\ud800<b>'\n"
        "    def __call__(self): raise ValueError"
    )
    fake = student(code).Fake()
    with pytest.raises(StudentError, match="ValueError") as caught:
        fake()
    assert str(caught.value).isprintable()


@pytest.mark.parametrize("event", ["(99, 1)", "(-1, 1)", "'text'", "{'a': 1}", "np.arange(2)"])
def test_a_forged_place_is_no_fault_of_ours(session, event):
    """A cell that lies about where it is, and ends the worker, ends the student's grading alone."""
    cell = f"[forge(wire.pack({{'event': {event}}})), os._exit(5)]"
    with pytest.raises(DiedError, match="exit code 5"):
        session(f"import os\n{FORGERY}", cell)

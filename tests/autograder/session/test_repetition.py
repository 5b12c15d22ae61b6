"""Many calls in one request: each has its own arrays and its own time, wherever the object lives."""

import runpy
from types import SimpleNamespace

import numpy as np
import pytest

from autograder.sandbox.sandbox import StudentError, TimedOutError
from autograder.session.repetition import call_new, repeat, take_turns

CODE = """\
import time

import numpy as np

class Layer:
    training = False

    def __init__(self, factor, plus=0.0):
        self.factor, self.plus, self.calls = factor, plus, 0

    def __call__(self, x):
        if not self.training:
            raise ValueError("not training")
        self.calls += 1
        x *= self.factor
        x += self.plus + self.calls
        return x

    def back(self, x):
        self.factor = -self.factor
        return x

    def same(self, x):
        return self

class Buffer:
    def __init__(self):
        self.y, self.kept = [np.zeros(1)], {}

    def __call__(self, x):
        self.y[0][:] = x
        return {"y": self.y}

    def keep(self, x):
        self.kept["y"] = x
        return [self.kept]

def doubled(x):
    x *= 2
    return x

def slow(x):
    time.sleep(0.15)
    return x

def endless(x):
    while x > 1:
        pass
    return x

def training():
    layer = Layer(2.0)
    layer.training = True
    return layer
"""


@pytest.fixture(params=["in this process", "in a worker"])
def code(request, student, tmp_path):
    """The names of the code, in this process and in a worker."""
    if request.param == "in a worker":
        return student(CODE)
    path = tmp_path / "code.py"
    path.write_text(CODE)
    return SimpleNamespace(**runpy.run_path(str(path)))


def test_each_of_many_calls_gets_the_array_as_it_was(code):
    """A call's changes of its argument reach neither other calls nor the caller."""
    x = np.array([1.0, 3.0])
    assert [y.tolist() for y in repeat(code.doubled, 3, x)] == [[2.0, 6.0]] * 3
    assert x.tolist() == [1.0, 3.0]


def test_calls_take_turns(code):
    """Each round makes all calls in order, and one call sees what another has done."""
    layer, x = code.training(), np.ones(1)
    results = take_turns(3, (layer, x), (layer.back, 10 * x))
    assert [y.tolist() for y in results] == [[3.0], [10.0], [0.0], [10.0], [5.0], [10.0]]


def test_each_round_may_get_the_same_arrays(code):
    """Then a call sees what an earlier one has done with them, and the caller does not."""
    x = np.array([1.0])
    assert [y.tolist() for y in take_turns(3, (code.doubled, x), same_arrays=True)] == [
        [2.0],
        [4.0],
        [8.0],
    ]
    assert x.tolist() == [1.0]


@pytest.mark.parametrize("late", [False, True])
def test_late_results_are_those_after_the_last_call(code, late):
    """An array that is returned twice, by itself or in a dictionary, has the last numbers in both."""
    buffer = code.Buffer()
    calls = (buffer, np.array([1.0])), (buffer, np.array([2.0]))
    first, second = take_turns(1, *calls, late=late)
    assert second["y"][0].tolist() == [2.0]
    assert first["y"][0].tolist() == [2.0 if late else 1.0]


@pytest.mark.parametrize("late", [False, True])
def test_a_dictionary_that_gets_other_arrays_overwrites_none(code, late):
    """Each result has the arrays that the dictionary had when it was returned."""
    buffer = code.Buffer()
    calls = (buffer.keep, np.array([1.0])), (buffer.keep, np.array([2.0]))
    results = take_turns(1, *calls, late=late)
    assert [kept["y"].tolist() for [kept] in results] == [[1.0], [2.0]]


def test_new_objects_are_called_once(code):
    """Each is made from what is given and its options, and has the attributes when it is called."""
    options, x = [{"plus": 0.5}, {}, {"plus": 8.0}], np.ones(2)
    results = call_new(code.Layer, [3.0], options, {"training": True}, x)
    assert [y.tolist() for y in results] == [[4.5, 4.5], [4.0, 4.0], [12.0, 12.0]]
    assert x.tolist() == [1.0, 1.0]


def test_an_error_of_any_call_is_the_students(student):
    """The error is raised instead of all results, with its place."""
    layer = student(CODE).Layer
    with pytest.raises(StudentError, match=r"not training \(line 13 .*\[Layer\]"):
        call_new(layer, [1.0], [{}, {}], {}, np.ones(1))
    with pytest.raises(StudentError, match="unexpected keyword argument 'other'"):
        call_new(layer, [1.0], [{"other": 1}], {}, np.ones(1))


def test_a_plain_value_in_the_place_of_a_method_is_no_fault_of_the_suite(student):
    """As with a single call, the error says that it cannot be called."""
    layer = student(CODE).training()
    layer.back = 3
    with pytest.raises(TypeError, match="not callable"):
        take_turns(2, (layer.same, 1), (layer.back, 1))


def test_each_of_many_calls_has_the_time_of_a_call(student):
    """Slow calls may take longer together than one may; one that never ends is still found."""
    names = student(CODE, call_seconds=0.5)
    assert repeat(names.slow, 6, 2.0) == [2.0] * 6
    with pytest.raises(TimedOutError, match="did not return within 0.5 seconds"):
        repeat(names.endless, 3, 2.0)


FORGED = """\
from autograder.worker import server

class Layer:
    pass

server.Server.do_repeat = server.Server.do_call_new = lambda self, **how: [1.0]
"""


@pytest.mark.parametrize("times", [0, 2])
def test_a_forged_number_of_results_is_refused(student, times):
    """A worker cannot make a suite read fewer or more results than it has asked for."""
    layer = student(FORGED).Layer
    for ask in (
        lambda: repeat(layer, times),
        lambda: call_new(layer, [], [{}] * times, {}),
    ):
        with pytest.raises(StudentError, match="cannot be read"):
            ask()

"""Proxies: a student's objects look local, and their answers cannot break the trusted side."""

import types

import numpy as np
import pytest

from autograder.sandbox.sandbox import StudentError
from autograder.session.proxy import Proxy, change_in_place
from tests.autograder.support.tiny import start_session

CODE = """\
import numpy as np

class Layer:
    size = 3

    def __init__(self, weights=None, inner=None):
        self.weights = weights
        self.inner = inner
        self.grads = {"weights": np.ones((1, 2)), 5: [1.5, None]}

    def __call__(self, x):
        return x @ self.weights

    def double(self, x, *, out=None):
        if out is None:
            x *= 2
        else:
            out[...] = 2 * x

    def fail(self, text="no"):
        raise ValueError(text)

    @property
    def broken(self):
        raise KeyError("grads")

def echo(*things):
    return things

def sizes(layers, table):
    return [layer.size for layer in layers] + [table["one"].size]

def resized(x):
    x.resize(5, refcheck=False)
    x[...] = 1
"""


@pytest.fixture(scope="module")
def names(tmp_path_factory):
    """The names of one session for all tests."""
    opened = start_session(tmp_path_factory.mktemp("course"), CODE)
    yield opened.namespace
    opened.close()


@pytest.mark.parametrize(
    "value",
    [None, True, 3, -0.5, "text", [1, [2.5]], (1, "a"), {"a": {"b": (None,)}}, {1: 2}],
    ids=repr,
)
def test_plain_values_go_there_and_back(names, value):
    """The arguments and value of a function are equal and of the same type on both sides."""
    [back] = names.echo(value)
    assert back == value
    assert type(back) is type(value)


def test_arrays_go_there_and_back(names):
    """Arrays keep their dtype, shape and content."""
    x = np.arange(6, dtype=np.float32).reshape(2, 3)
    [back] = names.echo(x)
    assert back.dtype == np.float32
    assert back.tolist() == [[0, 1, 2], [3, 4, 5]]


def test_an_object_is_made_and_called(names):
    """A class is instantiated with arguments, and its instance is called."""
    layer = names.Layer(weights=np.array([[1.0], [10.0]]))
    assert isinstance(layer, Proxy)
    assert layer(np.array([[2.0, 3.0]])).tolist() == [[32.0]]


def test_attributes_are_read_and_written(names):
    """The student's code sees an attribute that is set, and it is read again."""
    layer = names.Layer(weights=np.ones((2, 1)))
    layer.weights = np.array([[3.0], [4.0]])
    assert layer.weights.tolist() == [[3.0], [4.0]]
    assert layer(np.ones((1, 2))).tolist() == [[7.0]]
    assert layer.size == 3
    assert layer.grads["weights"].tolist() == [[1.0, 1.0]]
    assert layer.grads[5] == [1.5, None]


def test_an_argument_changed_in_place_is_changed_here(names):
    """As with a local call, the caller's array has the changes of the student's code."""
    x, out = np.array([1.0, 2.0]), np.zeros(2)
    names.Layer().double(x)
    assert x.tolist() == [2.0, 4.0]
    names.Layer().double(x, out=out)
    assert x.tolist() == [2.0, 4.0]
    assert out.tolist() == [4.0, 8.0]


@pytest.mark.parametrize("dtype", ["float64", "int64", "uint8", "bool"])
@pytest.mark.parametrize("layout", ["C", "F", "strided", "0-d"])
def test_an_argument_resized_in_place_is_changed_here(names, dtype, layout):
    """An array of another size cannot be written back, but the array does not stay unchanged."""
    zeros = np.zeros((4, 3), dtype=dtype)
    x = {"C": zeros, "F": zeros.T, "strided": zeros[:, ::2], "0-d": zeros[0, 0, ...]}[layout]
    names.resized(x)
    assert x.any()


def test_a_read_only_argument_changed_in_place_is_the_students_error(names):
    """Writing into an array that is read-only here is the student's error, not the suite's."""
    x = np.array([1.0, 2.0])
    x.flags.writeable = False
    with pytest.raises(StudentError, match="read-only"):
        names.Layer().double(x)


def test_stand_ins_are_arguments_too(names):
    """A student's object can be passed to a student's code, also within lists and dicts."""
    inner = names.Layer()
    inner.size = 7
    assert names.Layer(inner=inner).inner.size == 7
    assert names.sizes([inner, names.Layer()], {"one": inner}) == [7, 3, 7]


def test_methods_are_objects_too(names):
    """A bound method that was read once may be called later."""
    double = names.Layer().double
    x = np.ones(1)
    double(x)
    assert x.tolist() == [2.0]


def test_an_exception_comes_with_its_type_text_and_place(names):
    """The error is one line, with the line of the cell and the name of the call."""
    with pytest.raises(StudentError) as caught:
        names.Layer().fail("no\nway \x1b[31m\ud800")
    assert str(caught.value) == (
        "ValueError: no way [31m (line 21 of its cell, in Layer.fail) [Layer.fail]"
    )


def test_an_attribute_that_raises_is_the_students_error(names):
    """A property that raises or is missing is an error of the student's code."""
    with pytest.raises(StudentError, match=r"KeyError: 'grads' .*\[Layer.broken\]"):
        _ = names.Layer().broken
    with pytest.raises(StudentError, match=r"AttributeError: .*no attribute 'missing'"):
        _ = names.Layer().missing


def test_a_class_that_answers_for_any_attribute_is_instantiated(student):
    """An object is kept without using it: its `__getattr__` may raise anything."""
    code = "class Cache:\n    def __getattr__(self, name):\n        return {'a': 1}[name]"
    assert student(code).Cache().a == 1


def test_what_python_looks_for_is_not_in_the_worker(names):
    """Python's protocols do not reach the student's code: a proxy is no array and no sequence."""
    layer = names.Layer()
    assert not hasattr(layer, "__array__")
    assert not hasattr(names, "__path__")
    assert repr(layer) == "<a student's Layer>"


def test_an_object_of_ours_is_no_argument(names):
    """An object that is neither plain nor a student's is refused before it is sent."""
    with pytest.raises(Exception, match="cannot be sent to a worker"):
        names.echo(object())
    assert names.echo(1) == (1,)


NESTED = """\
class Optimizer:
    def __init__(self, grads=()):
        for each in grads:
            each["weights"] += 1.0

    def step(self, grads, more=None):
        for each in grads:
            each["weights"] *= 2.0
        if more:
            more["pair"][1][0] = 7.0
"""


def test_arrays_in_lists_and_dictionaries_are_changed_here_as_well(student):
    """This holds for a call, a keyword argument and a constructor."""
    names = student(NESTED)
    grads = [{"weights": np.ones(2)}, {"weights": np.full(3, 5.0)}]
    pair = (np.zeros(1), np.zeros(1))
    optimizer = names.Optimizer(grads)
    optimizer.step(grads, more={"pair": pair})
    assert [each["weights"].tolist() for each in grads] == [[4.0, 4.0], [12.0, 12.0, 12.0]]
    assert [one.tolist() for one in pair] == [[0.0], [7.0]]


SHARED = """\
import numpy as np

class Layer:
    def __init__(self):
        self.weights = np.zeros((2, 3), order="F")
        self.seen = self.weights
        self.grads = "none"
"""


def test_an_array_that_an_object_has_is_changed_in_place(student):
    """Whatever else has this array there sees the new numbers; what is no array is an error."""
    layer = student(SHARED).Layer()
    change_in_place(layer, "weights", np.arange(6.0).reshape(2, 3))
    assert layer.seen.tolist() == [[0.0, 1.0, 2.0], [3.0, 4.0, 5.0]]
    with pytest.raises(StudentError, match="put"):
        change_in_place(layer, "grads", np.ones(1))
    local = types.SimpleNamespace(weights=np.ones(2))
    seen = local.weights
    change_in_place(local, "weights", np.full(2, 3.0))
    assert seen.tolist() == [3.0, 3.0]

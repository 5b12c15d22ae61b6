"""Requests made together: one exchange, in order, and each value in its turn."""

import numpy as np
import pytest

from autograder.sandbox.sandbox import DiedError, StudentError, TimedOutError
from autograder.session.pipeline import AT_ONCE
from autograder.session.proxy import together


def test_what_is_asked_together_is_one_exchange(names, exchanges):
    """Two calls, a read and a write are done and answered in their order."""
    layer = names.Layer()
    names.entries()
    del exchanges[:]
    x = np.ones(1)

    def write_and_scale():
        layer.knob = 3
        return layer.scale(x)

    first, rate, last = together(layer, lambda: layer(x), lambda: layer.rate, write_and_scale)
    assert (first.tolist(), rate, last.tolist(), x.tolist()) == ([1.0], 1, [3.0], [3.0])
    assert exchanges == [5]  # the look for the method is one of them
    assert names.entries()[-3:] == ["call", "knob 3", "scale"]


def test_what_is_asked_together_of_another_object_is_asked_in_turn(local):
    """For a local object, each call is made when its turn comes."""
    layer = local.Layer()
    asked = together(layer, lambda: layer(1), layer.fail, lambda: layer(2))
    assert next(asked) == 1
    with pytest.raises(ValueError, match="failed"):
        next(asked)


def test_the_error_of_one_of_several_is_raised_when_its_turn_comes(diary, names):
    """Earlier calls are answered, later calls are not made, and `settle` raises nothing."""
    layer = names.Layer()
    asks = [lambda: layer(1), layer.fail, lambda: layer.scale(2), lambda: layer.rate]
    asked = together(layer, *asks)
    assert names.entries() == ["make ", "call"]
    assert next(asked) == 1
    with pytest.raises(StudentError, match=r"^ValueError: failed .* \[Layer.fail\]$"):
        next(asked)
    together(layer, layer.fail, lambda: layer.rate)
    assert layer.scale(np.ones(1)).tolist() == [1.0]
    diary.pipeline.settle()


def test_the_last_of_several_may_fail(names):
    """The other calls are answered."""
    layer = names.Layer()
    asked = together(layer, lambda: layer.rate, lambda: layer(2), layer.fail)
    assert [next(asked), next(asked)] == [1, 2]
    with pytest.raises(StudentError, match=r"\[Layer.fail\]$"):
        next(asked)


@pytest.mark.parametrize(("how", "kind"), [("hang", TimedOutError), ("exit", DiedError)])
def test_the_call_that_ends_the_worker_raises_the_error(names, how, kind):
    """Calls before that are answered."""
    layer = names.Layer()
    asked = together(layer, lambda: layer(1), lambda: names.do(how), lambda: layer(2))
    assert next(asked) == 1
    with pytest.raises(kind, match=r"\[do\]$"):
        next(asked)


def test_an_attribute_that_turns_out_to_be_a_method_is_called(names):
    """A method that no class has predicted can be called among several requests."""
    layer = names.Fallback()
    layer.other = names.Layer().scale
    rate, made, missing = together(
        layer, lambda: layer.missing, lambda: layer.other(np.ones(1)), lambda: layer.missing
    )
    assert (rate, made.tolist(), missing) == (4, [1.0], 4)


def test_of_several_a_plain_value_fails_as_a_local_one_would(names):
    """Calling a plain value raises Python's own error."""
    made_by, thing = names.Layer, names.Layer()
    asked = together(thing, lambda: thing.rate, lambda: thing.rate(1), lambda: thing.rate)
    assert next(asked) == 1
    with pytest.raises(TypeError, match="not callable"):
        next(asked)
    names.replace_new()
    number = made_by()
    with pytest.raises(TypeError, match="not callable"):
        next(together(number, lambda: number(1), lambda: number(2)))


def test_what_stands_before_a_failure_of_this_side_is_answered(names):
    """This holds too if the last request cannot be sent."""
    made_by, layer = names.Layer, names.Layer()
    names.replace_new()
    number = made_by()
    with pytest.raises(TypeError):
        number(1)  # from here on it is known to be one
    asked = together(layer, lambda: layer(7), lambda: number.missing)
    assert next(asked) == 7
    with pytest.raises(AttributeError, match="missing"):
        next(asked)


def test_several_large_arrays_are_no_deadlock(names, exchanges):
    """Requests that are too large for a waiting worker take several exchanges."""
    layer = names.Layer()
    layer(1)
    x = np.zeros(2 * AT_ONCE)
    del exchanges[:]
    answers = list(together(layer, *[lambda: layer(x)] * 4))
    assert [answer.size for answer in answers] == [x.size] * 4
    assert len(exchanges) == 4

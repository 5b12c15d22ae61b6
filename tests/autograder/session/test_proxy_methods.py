"""Methods: their lookup travels with the call, and an attribute in their place is used."""

import numpy as np
import pytest

from autograder.kit import expect
from autograder.sandbox.sandbox import StudentError
from autograder.session.proxy import Method, kind_of


def test_a_method_is_called_in_one_exchange(names, exchanges):
    """The lookup travels with the call; an error has the text of the one that failed."""
    layer = names.Sub()
    layer(1)
    del exchanges[:]
    assert layer.scale(np.ones(2)).tolist() == [1.0, 1.0]
    assert exchanges == [2]
    with pytest.raises(StudentError, match=r"^ValueError: failed .* \[Layer.fail\]$"):
        layer.fail()
    with pytest.raises(StudentError, match=r"^AttributeError: .* \[Sub.missing\]$"):
        layer.missing()
    names.forget_scale()
    with pytest.raises(
        StudentError,
        match=r"^AttributeError: 'Sub' object has no attribute 'scale' .*\[Sub.scale\]$",
    ):
        layer.scale(1)
    assert layer(2) == 2


def test_a_method_is_the_one_of_that_moment(names):
    """A method that was read before an attribute replaced it is still the method."""
    layer = names.Layer()
    method = layer.scale
    layer.scale = 3
    assert layer.scale + 1 == 4
    assert method(np.ones(1)).tolist() == [1.0]


@pytest.mark.parametrize("where", ["names", "local"])
def test_an_attribute_in_a_methods_place_is_that_attribute(where, request):
    """An object's own attribute of the same name wins, as in the same process."""
    names = request.getfixturevalue(where)
    layer = names.Layer()
    layer.shadow(names.Layer().fail)
    with pytest.raises(Exception, match="failed"):
        layer.scale()
    for value in (3, 2.5, True):
        layer.shadow(value)
        assert layer.scale == value
        assert float(layer.scale) == value
        with pytest.raises(TypeError, match="object is not callable"):
            layer.scale(1)
    layer.shadow(3)
    assert expect.number(layer.scale, "scale", "") == 3
    layer.shadow(np.ones(2))
    assert expect.array(layer.scale, (2,), "scale", "").tolist() == [1.0, 1.0]
    expect.untouched(layer.scale, np.ones(2), "scale", "")
    layer.shadow({"a": np.ones(2)})
    assert expect.entry(layer.scale, "a", (2,), "").tolist() == [1.0, 1.0]
    layer.shadow({"a": [1, 2]})
    assert layer.scale["a"] == [1, 2]
    assert list(layer.scale) == ["a"]
    assert len(layer.scale) == 1
    layer.shadow([])
    assert not layer.scale
    layer.shadow(None)
    with pytest.raises(TypeError, match="'NoneType' object is not callable"):
        layer.scale(1)


@pytest.mark.parametrize("where", ["names", "local"])
def test_whatever_finds_attributes_finds_them(where, request):
    """Slots, `__getattr__` and `__getattribute__` decide."""
    names = request.getfixturevalue(where)
    with pytest.raises((StudentError, AttributeError)):
        _ = names.Slots().scale
    slots = names.Slots(4)
    assert (slots.scale, slots.rate) == (4, 2)
    assert names.Anything().scale + 1 == 8
    assert names.Fallback().missing == 4
    assert names.Fallback().scale(1) == 2


def test_a_method_is_an_argument_too(names):
    """A method that has not been looked up yet can be an argument."""
    layer = names.Layer(inner=names.Layer().fail)
    inner = layer.inner
    assert kind_of(inner) == "Layer.fail"
    with pytest.raises(StudentError, match=r"failed .*\[Layer.fail\]$"):
        inner()


def test_a_method_says_what_it_is(names):
    """A method that is not called has the name and truth value of one."""
    method = names.Layer().scale
    assert isinstance(method, Method)
    assert repr(method) == "<a student's Layer.scale>"
    assert method == method
    assert method != 3
    assert method
    with pytest.raises(TypeError):
        method[0]

"""The visible checks: each runs your layer on a small case and says what it found and expected.

They catch the usual mistakes, not every one. The hidden tests, which run after hand-in, ask for all
that the docstrings of the two layers promise; nothing here sees, for example, whether each call
draws a fresh mask. Passing here is a good sign, and no proof.
"""

import random
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any, NoReturn

import numpy as np

from layers import Linear
from layers.array import FloatArray

P = 0.3  # not 0.5, where p and 1 - p are the same
COEFFICIENT = 0.3
TOLERANCE = 1e-4  # a layer may compute in float32, whose 7 digits leave about 1e-6 here
SHARE_TOLERANCE = 0.1  # among 2000 elements, chance alone goes beyond it once in 1e20 runs
DROPOUT = f"Dropout(p={P})"
L2 = f"L2regularization(coefficient={COEFFICIENT})"


@contextmanager
def _random_states_kept() -> Iterator[None]:
    """Leave NumPy's and Python's random numbers as they were."""
    numpy_state, python_state = np.random.get_state(), random.getstate()
    try:
        yield
    finally:
        np.random.set_state(numpy_state)
        random.setstate(python_state)


@_random_states_kept()
def check_dropout_forward(dropout_class: type) -> None:
    """Check the shape of y, its elements, and that nothing is dropped when not training."""
    where = f"{DROPOUT}.__call__"
    for batch_size in (1, 400):
        layer, x, _ = _small_case(batch_size)
        h = layer(x)  # no zeros in h, so a zero in y was dropped
        dropout = dropout_class(layer, p=P)

        dropout.training = True
        y = _expect_array("y", _run(where, dropout.__call__, x), h.shape, where)
        share = np.mean(y == 0)
        if batch_size > 1:
            message = f"np.mean(y == 0)={share:.2f}, but should be about p={P} [{where}]"
            assert abs(share - P) < SHARE_TOLERANCE, message
        _expect_values("y", y, np.where(y == 0, 0, h / (1 - P)), where, " = h / (1 - p), or 0")
        print(f"ok: {where}, x.shape={x.shape}: each element of y is h / (1 - p) or 0")

        dropout.training = False
        evaluated = _run(where, dropout.__call__, x)
        _expect_values("y", evaluated, h, where, " = layer(x), as training=False")
        print(f"ok: {where}, x.shape={x.shape}: y is layer(x) when training=False")


@_random_states_kept()
def check_dropout_backward(dropout_class: type) -> None:
    """Check grad_input and grads, for the mask that the forward pass drew."""
    where = f"{DROPOUT}.backward"
    for batch_size in (1, 10):
        layer, x, grad_output = _small_case(batch_size)
        dropout = dropout_class(layer, p=P)
        dropout.training = True
        forward = f"{DROPOUT}.__call__"
        y = _expect_array("y", _run(forward, dropout.__call__, x), grad_output.shape, forward)
        mask = (y != 0) / (1 - P)  # read back, since no two ways of drawing agree
        expected = _numeric_gradients(layer, x, mask * grad_output)

        grad_input = _run(where, dropout.backward, grad_output)
        _expect_gradients(grad_input, getattr(dropout, "grads", layer.grads), expected, where)
        print(f"ok: {where}, x.shape={x.shape}: grad_input and grads match a numeric gradient")


@_random_states_kept()
def check_l2_forward(l2_class: type) -> None:
    """Check that y is the wrapped layer's output, and the value of the penalty."""
    where = f"{L2}.__call__"
    for batch_size in (1, 40):
        layer, x, _ = _small_case(batch_size)
        h = layer(x)
        l2 = l2_class(layer, coefficient=COEFFICIENT)
        for training in (True, False):
            l2.training = training
            y = _run(where, l2.__call__, x)
            _expect_values("y", y, h, where, f" = layer(x), training={training}")
        print(f"ok: {where}, x.shape={x.shape}: y is layer(x)")

    where = f"{L2}.penalty"
    penalty = _run(where, l2.penalty)
    if isinstance(penalty, float | int | np.number):
        penalty = np.array(penalty)  # from here on like any array
    expected = np.array(COEFFICIENT * np.sum(layer.weights**2))
    _expect_values("penalty", penalty, expected, where)
    print(f"ok: {where}: coefficient * sum(weights ** 2)")


@_random_states_kept()
def check_l2_backward(l2_class: type) -> None:
    """Check grad_input and grads, the penalty's part included."""
    where = f"{L2}.backward"
    for batch_size in (1, 10):
        layer, x, grad_output = _small_case(batch_size)
        expected = _numeric_gradients(layer, x, grad_output, COEFFICIENT)
        l2 = l2_class(layer, coefficient=COEFFICIENT)
        _run(f"{L2}.__call__", l2.__call__, x)

        grad_input = _run(where, l2.backward, grad_output)
        _expect_gradients(grad_input, getattr(l2, "grads", layer.grads), expected, where)
        print(f"ok: {where}, x.shape={x.shape}: grad_input and grads match a numeric gradient")


def _small_case(batch_size: int) -> tuple[Linear, FloatArray, FloatArray]:
    """Return a layer, x and grad_output, of numbers so large that no mistake hides among them."""
    rng = np.random.default_rng(batch_size)  # for the case alone: a mask is drawn as you like
    layer = Linear(4, 5)
    layer.weights = rng.normal(size=(4, 5))
    layer.bias = rng.normal(size=(1, 5))
    return layer, rng.normal(size=(batch_size, 4)), rng.normal(size=(batch_size, 5))


def _numeric_gradients(
    layer: Linear, x: FloatArray, grad_output: FloatArray, coefficient: float = 0.0
) -> dict[str, FloatArray]:
    """Differentiate sum(grad_output * layer(x)) + coefficient * sum(weights ** 2).

    Each number in turn is moved by a small step up and down (central differences). The sum is at
    most quadratic in each, so the result is exact but for rounding.
    """
    step = 1e-3
    x, weights, bias = x.copy(), layer.weights.copy(), layer.bias.copy()

    def loss() -> float:
        y = x @ weights + bias
        return float(np.sum(grad_output * y) + coefficient * np.sum(weights**2))

    gradients = {}
    for name, array in {"x": x, "weights": weights, "bias": bias}.items():
        gradients[name] = np.zeros_like(array)
        for index in np.ndindex(array.shape):
            value = array[index]
            array[index] = value + step
            above = loss()
            array[index] = value - step
            below = loss()
            array[index] = value
            gradients[name][index] = (above - below) / (2 * step)
    return gradients


def _run(where: str, method: Callable[..., Any], *arrays: FloatArray) -> object:
    """Call a method with copies of the arrays, while PyTorch is out of its reach."""
    with _torch_hidden(where, getattr(method, "__globals__", {})):
        return method(*(array.copy() for array in arrays))


class _HiddenTorch(ModuleType):
    """What a graded layer finds in the place of PyTorch: to use it is an error."""

    def __init__(self, where: str) -> None:
        super().__init__("torch")
        self.where = where

    def __getattr__(self, name: str) -> NoReturn:
        rule = "the graded layers must use NumPy and the standard library only"
        raise AssertionError(f"PyTorch is used inside {self.where}, but {rule}")


@contextmanager
def _torch_hidden(where: str, namespace: dict[str, Any]) -> Iterator[None]:
    """Hide PyTorch among the loaded modules and among a method's global names, for a while."""
    hidden = _HiddenTorch(where)
    found = [
        (names, name, module)
        for names in (sys.modules, namespace)
        for name, module in names.items()
        if isinstance(module, ModuleType) and module.__name__.split(".")[0] == "torch"
    ]
    for names, name, _ in found:
        names[name] = hidden
    sys.modules["torch"] = hidden  # for `import torch` inside the method, loaded before or not
    try:
        yield
    finally:
        del sys.modules["torch"]
        for names, name, module in found:
            names[name] = module


def _expect_array(name: str, found: object, shape: tuple[int, ...], where: str) -> FloatArray:
    kind = f"{type(found).__module__}.{type(found).__name__}".removeprefix("builtins.")
    message = f"type({name})={kind}, but should be numpy.ndarray [{where}]"
    assert isinstance(found, np.ndarray), message
    assert found.shape == shape, f"{name}.shape={found.shape}, but should be {shape} [{where}]"
    return found


def _expect_values(
    name: str, found: object, expected: FloatArray, where: str, explanation: str = ""
) -> None:
    array = _expect_array(name, found, expected.shape, where)
    wrong = np.argwhere(~np.isclose(array, expected, rtol=TOLERANCE, atol=TOLERANCE))
    for index in map(tuple, wrong[:1].tolist()):  # the first one says enough
        element = f"{name}{list(index)}" if index else name
        values = f"{element}={array[index]:.6g}, but should be {expected[index]:.6g}"
        raise AssertionError(f"{values}{explanation} [{where}]")


def _expect_gradients(
    grad_input: object, grads: dict[str, Any], expected: dict[str, FloatArray], where: str
) -> None:
    _expect_values("grad_input", grad_input, expected["x"], where)
    for name in ("weights", "bias"):
        message = f"list(grads)={list(grads)}, but should be ['weights', 'bias'] [{where}]"
        assert name in grads, message
        _expect_values(f"grads['{name}']", grads[name], expected[name], where)

"""What the forward pass and the penalty of L2regularization must be, checked on the small case."""

from contextlib import suppress
from typing import Any

import numpy as np

from layers import LayerWrapper, Linear
from layers.array import FloatArray
from visible_checks.call import call, construct, random_states_kept
from visible_checks.case import COEFFICIENT, GRAD_OUTPUT, WEIGHTS, H, X, given, linear
from visible_checks.failure import (
    CheckFailed,
    expect_array,
    expect_new,
    expect_number,
    expect_same,
)
from visible_checks.parameters import expect_kept, ways_to_change

L2 = f"L2regularization(coefficient={COEFFICIENT})"
OTHER = 0.7  # the coefficient of another layer
FORWARD = f"{L2}.__call__"
PENALTY = f"{L2}.penalty"


@random_states_kept()
def check_l2_forward(l2_class: type) -> None:
    """Check that y is the wrapped layer's output, and the penalty whenever it is asked for."""
    layer = linear()
    l2 = construct(l2_class, layer, coefficient=COEFFICIENT)
    for l2.training in (True, False):
        for x in (X, X[:1]):
            _expect_output(l2, layer, x, f"{FORWARD}, training={l2.training}")
        before, after = ({"y": _expect_output(l2, layer, X, FORWARD)} for _ in range(2))
        expect_new(before, after, FORWARD)
    print(f"ok: {FORWARD}: y is layer(x), training or not")

    penalty = getattr(l2_class, "penalty", None)
    if penalty is LayerWrapper.penalty:
        raise CheckFailed(f"{L2} has no method `penalty` of its own, only that of LayerWrapper")
    if isinstance(penalty, property):
        raise CheckFailed(f"{PENALTY} is a property, but should be a method: leave @property out")
    layer = linear()
    l2 = construct(l2_class, layer, coefficient=COEFFICIENT)
    construct(l2_class, linear(), coefficient=OTHER)
    _expect_penalty(l2, layer, f"{PENALTY} before any forward pass")
    _expect_penalty(l2, layer, f"{PENALTY}, called a second time")
    expect_kept(layer, PENALTY)
    call(FORWARD, l2.__call__, "x", X)
    with suppress(CheckFailed, NotImplementedError):  # another check's matter
        call(f"{L2}.backward", l2.backward, "", GRAD_OUTPUT)
    _expect_penalty(l2, layer, f"{PENALTY} after a backward pass")
    l2.training = False
    _expect_penalty(l2, layer, f"{PENALTY}, training=False")
    print(f"ok: {PENALTY}: coefficient * sum(weights ** 2), whenever it is called")

    for way, change in ways_to_change():
        layer = linear()
        l2 = construct(l2_class, layer, coefficient=COEFFICIENT)
        _expect_output(l2, layer, X, FORWARD)
        _expect_penalty(l2, layer, PENALTY)
        change(l2, layer)
        _expect_penalty(l2, layer, f"{PENALTY} after {way}")
        _expect_output(l2, layer, X, f"{FORWARD} after {way}")
    print(f"ok: {L2}: the weights and the bias are those that the layer has now")
    for settings, coefficient in (({"coefficient": 0}, 0.0), ({}, 0.01)):
        layer = linear()
        words = ", ".join(f"{name}={value}" for name, value in settings.items())
        where = f"L2regularization({words}).penalty"
        _expect_penalty(construct(l2_class, layer, **settings), layer, where, coefficient)
    print("ok: L2regularization(coefficient=0).penalty: 0; without coefficient, it is 0.01")


def _expect_output(l2: Any, layer: Linear, x: FloatArray, where: str) -> FloatArray:
    """Return y, or raise CheckFailed if it is wrong."""
    weights, bias = layer.weights.copy(), layer.bias.copy()
    expected = x @ weights + bias
    y = expect_array("y", call(where, l2.__call__, "x", x), expected.shape, where)
    expect_kept(layer, where, weights, bias)
    known = {
        "these are the old weights and bias, so keep no copies of them": H[: len(x)],
        "the penalty is added to y, but it belongs to the loss: Model.penalty adds it there": (
            expected + COEFFICIENT * np.sum(weights**2)
        ),
        "the bias is missing": x @ weights,
    }
    case = given(x=x, weights=weights, bias=bias)
    expect_same("y", y, expected, where, why="layer(x)", known=known, case=case)
    return y


def _expect_penalty(l2: Any, layer: Linear, where: str, coefficient: float = COEFFICIENT) -> None:
    weights, bias = layer.weights.copy(), layer.bias.copy()
    found = expect_number("penalty", call(where, l2.penalty), where)
    squares = np.sum(weights**2)
    answers = {
        "exactly half of it: is there a 1/2 too many?": coefficient * squares / 2,
        "exactly twice it: is there a 2 too many, or does it add up over several calls?": (
            coefficient * squares * 2
        ),
        "the weights are those of an earlier time: keep no copy of them": (
            coefficient * np.sum(WEIGHTS**2)
        ),
        "it is 0 here, but depends on the weights and the coefficient alone, and is not cut to a "
        "whole number": 0.0,
        "the coefficient in use is 0.01: take self.coefficient": 0.01 * squares,
        "the coefficient is that of another layer: keep it as self.coefficient": OTHER * squares,
        "the coefficient is missing": squares,
        "the coefficient is squared, but only the weights should be": coefficient**2 * squares,
        "the bias is in it, but only the weights are penalised": (
            coefficient * (squares + np.sum(bias**2))
        ),
        "that is with the norm of the weights, so leave the square root out": (
            coefficient * np.sqrt(squares)
        ),
        "that is with the mean of the squares, but should be with their sum": (
            coefficient * np.mean(weights**2)
        ),
        "it is divided by the number of rows of x, but should not be": (
            coefficient * squares / len(X)
        ),
        "that is with the largest singular value (norm(weights, 2)), but should be with all "
        "squares": coefficient * np.linalg.norm(weights, 2) ** 2,
        "that is with a product of matrices, but should be with the square of each weight: "
        "weights ** 2": coefficient * np.sum(weights.T @ weights),
        "that is with weights @ weights.T, but should be with the square of each weight: "
        "weights ** 2": coefficient * np.sum(weights @ weights.T),
        "that is with absolute values (L1), but should be with squares": (
            coefficient * np.sum(np.abs(weights))
        ),
        "that is the square of the sum, but should be the sum of the squares": (
            coefficient * np.sum(weights) ** 2
        ),
        "its sign is wrong": -coefficient * squares,
    }
    known = {text: np.array(answer) for text, answer in answers.items()}
    why = "coefficient * sum(weights ** 2)"
    case = given(weights=weights, bias=bias)
    expected = np.array(coefficient * squares)
    expect_same("penalty", found, expected, where, why=why, known=known, case=case)

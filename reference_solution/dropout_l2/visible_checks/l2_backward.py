"""What the backward pass of L2regularization must do, checked on the small case."""

from typing import Any

import numpy as np

from layers import Linear
from layers.array import FloatArray
from visible_checks.call import call, construct, random_states_kept
from visible_checks.case import COEFFICIENT, GRAD_OUTPUT, WEIGHTS, X, given, gradients, linear
from visible_checks.failure import expect_array, expect_entry, expect_new, expect_same
from visible_checks.parameters import expect_kept, ways_to_change

OTHER = 0.7  # the coefficient of another layer
NO_STEP = np.zeros_like(X)  # the x of the step before the first one
WHERE = f"L2regularization(coefficient={COEFFICIENT}).backward"
WHY = {
    "grad_input": "grad_output @ weights.T",
    "grads['bias']": "grad_output.sum(axis=0)",
    "grads['weights']": "x.T @ grad_output + 2 * coefficient * weights",
}


@random_states_kept()
def check_l2_backward(l2_class: type) -> None:
    """Check grad_input and grads, the penalty's part included, for each step anew."""
    for x, grad_output in ((X, GRAD_OUTPUT), (X[:1], GRAD_OUTPUT[:1])):
        layer = linear()
        l2 = construct(l2_class, layer, coefficient=COEFFICIENT)
        construct(l2_class, linear(), coefficient=OTHER)
        _expect_gradients(l2, layer, x, grad_output, "")
    print(f"ok: {WHERE}: the penalty's part is in grads['weights'] alone")

    layer = linear()
    l2 = construct(l2_class, layer, coefficient=COEFFICIENT)
    other = X[::-1]
    before = _expect_gradients(l2, layer, X, GRAD_OUTPUT, "")
    after = _expect_gradients(l2, layer, other, GRAD_OUTPUT, " in a second step", old_x=X)
    expect_new(before, after, WHERE)
    l2.training = False
    _expect_gradients(l2, layer, X, GRAD_OUTPUT, ", training=False", old_x=other)
    print(f"ok: {WHERE}: each step sets grads anew, training or not")

    for way, change in ways_to_change():
        layer = linear()
        l2 = construct(l2_class, layer, coefficient=COEFFICIENT)
        change(l2, layer)
        _expect_gradients(l2, layer, X, GRAD_OUTPUT, f" after {way}")
    print(f"ok: {WHERE}: the weights are those that the layer has now")

    layer = linear()
    l2 = construct(l2_class, layer, coefficient=0)
    _expect_gradients(l2, layer, X, GRAD_OUTPUT, "", coefficient=0)
    print("ok: L2regularization(coefficient=0).backward: the gradients are the data's alone")


def _expect_gradients(
    l2: Any,
    layer: Linear,
    x: FloatArray,
    grad_output: FloatArray,
    when: str,
    old_x: FloatArray = NO_STEP,
    coefficient: float = COEFFICIENT,
) -> dict[str, FloatArray]:
    """Return the gradients of a step, or raise CheckFailed if one is wrong."""
    l2_name = f"L2regularization(coefficient={coefficient})"
    forward, where = f"{l2_name}.__call__", f"{l2_name}.backward{when}"
    weights, bias = layer.weights.copy(), layer.bias.copy()
    call(forward, l2.__call__, "x", x)
    expect_kept(layer, forward, weights, bias)
    grad_input = call(where, l2.backward, "grad_output", grad_output)
    expect_kept(layer, where, weights, bias)
    grads = getattr(l2, "grads", layer.grads)
    data = gradients(grad_output, x, weights)
    found = {
        "grad_input": expect_array("grad_input", grad_input, x.shape, where),
        "grads['weights']": expect_entry(grads, "weights", weights.shape, where),
        "grads['bias']": expect_entry(grads, "bias", bias.shape, where),
    }
    known = {
        "grad_input": {
            "it is divided by the number of rows": data["grad_input"] / len(x),
            "the penalty is added to grad_output, but only grads['weights'] has a part of it": (
                (grad_output + COEFFICIENT * np.sum(weights**2)) @ weights.T
            ),
        },
        "grads['weights']": _mistakes_of_weights(
            data["grads['weights']"], weights, old_x[: len(x)].T @ grad_output, len(x)
        ),
        "grads['bias']": _mistakes_of_bias(data["grads['bias']"], bias, len(x)),
    }
    data["grads['weights']"] = data["grads['weights']"] + 2 * coefficient * weights
    case = given(x=x, grad_output=grad_output, weights=weights)
    for name, gradient in found.items():
        expected, why = data[name], WHY[name]
        expect_same(name, gradient, expected, where, why=why, known=known[name], case=case)
    return found


def _mistakes_of_weights(
    data: FloatArray, weights: FloatArray, old_data: FloatArray, rows: int
) -> dict[str, FloatArray]:
    """Return usual wrong gradients of the weights, by the sentence that helps.

    Parameters
    ----------
    data, old_data : ndarray
        The data's gradient, and that for the x of the step before.
    weights : ndarray
    rows : int
        In the batch.
    """
    part = 2 * COEFFICIENT * weights
    return {
        "only the data's gradient is there: the penalty's part, 2 * coefficient * weights, is "
        "missing": data,
        "only the penalty's part is there: add it to the data's gradient, which "
        "self.layer.backward sets": part,
        "the penalty's part has the coefficient of another layer: keep it as self.coefficient": (
            data + 2 * OTHER * weights
        ),
        "the penalty's part is divided by the number of rows, but the penalty is not": (
            data + part / rows
        ),
        "the data's part is divided by the number of rows, but should be the sum over them": (
            data / rows + part
        ),
        "it is divided by the number of rows, but should be the sum over them": (
            (data + part) / rows
        ),
        "the penalty's part is divided by the number of weights: that belongs to the mean of "
        "their squares, but the penalty has the sum": data + part / weights.size,
        "the penalty's part is half of what it should be: the derivative of w ** 2 is 2 * w": (
            data + part / 2
        ),
        "the penalty's part belongs to the weights of an earlier time, so keep no copy of them": (
            data + 2 * COEFFICIENT * WEIGHTS
        ),
        "the coefficient in use is 0.01: take self.coefficient": data + 2 * 0.01 * weights,
        "the penalty's part is there twice": data + 2 * part,
        "this is the sum over two steps, but each step sets grads anew": (
            old_data + data + 2 * part
        ),
        "this belongs to the x of the step before": old_data + part,
        "the data's gradient is there twice": 2 * data + part,
        "the coefficient is missing in the penalty's part": data + 2 * weights,
        "the coefficient is squared in the penalty's part": data + COEFFICIENT * part,
        "the penalty's part is subtracted, but should be added": data - part,
        "the penalty itself is added, but its gradient should be": (
            data + COEFFICIENT * np.sum(weights**2)
        ),
        "twice the penalty itself is added, but its gradient should be": (
            data + 2 * COEFFICIENT * np.sum(weights**2)
        ),
        "the penalty's part is the sign of the weights (L1), but should be "
        "2 * coefficient * weights": data + COEFFICIENT * np.sign(weights),
        "the same number is added everywhere, 2 * coefficient * sum(weights), but each weight has "
        "a gradient of its own": data + 2 * COEFFICIENT * np.sum(weights),
        "the weights are squared in the penalty's part, but the derivative of w ** 2 is 2 * w": (
            data + part * weights
        ),
    }


def _mistakes_of_bias(data: FloatArray, bias: FloatArray, rows: int) -> dict[str, FloatArray]:
    return {
        "2 * coefficient * bias is in it, but the bias is not penalised": (
            data + 2 * COEFFICIENT * bias
        ),
        "coefficient * bias is in it, but the bias is not penalised": data + COEFFICIENT * bias,
        "it is there twice: set grads anew in each step": 2 * data,
        "it is the mean over the batch, but should be the sum": data / rows,
    }

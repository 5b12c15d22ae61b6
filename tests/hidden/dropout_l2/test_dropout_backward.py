"""The backward pass of Dropout, judged on the mask read back from the student's own output."""

from typing import NamedTuple

import numpy as np
import pytest
import torch

from autograder import expect

RATES = [(0.1, 0.25), (0.45, 0.55), (0.7, 0.85)]
SHAPES = [(1, 7, 5), (6, 3, 8), (5, 4, 4)]  # (N, in_features, out_features)


class Step(NamedTuple):
    """One forward and backward pass: the student's gradients and PyTorch's."""

    grad_input: np.ndarray
    grads: object
    expected: dict[str, np.ndarray]


def pytorch_gradients(x, weights, bias, mask, grad_output):
    """Return the gradients of sum(y * grad_output) for y = (x @ weights + bias) * mask."""
    tensors = {
        name: torch.tensor(array, dtype=torch.float64, requires_grad=True)
        for name, array in {"x": x, "weights": weights, "bias": bias}.items()
    }
    y = (tensors["x"] @ tensors["weights"] + tensors["bias"]) * torch.tensor(mask)
    y.backward(torch.tensor(grad_output))
    return {name: tensor.grad.numpy() for name, tensor in tensors.items()}


def forward(layer, x, out_features, where):
    """Return which elements of the output were kept."""
    return expect.array(layer(x), (len(x), out_features), "output", where) != 0


def step(layer, known, rng, rows, p, where):
    in_features, out_features = known.weights.shape
    x = rng.normal(size=(rows, in_features))
    grad_output = rng.normal(size=(rows, out_features))
    kept = forward(layer, x, out_features, where)
    grad_input = expect.array(layer.backward(grad_output), x.shape, "grad_input", where)
    expected = pytorch_gradients(x, known.weights, known.bias, kept / (1 - p), grad_output)
    return Step(grad_input, known.layer.grads, expected)


@pytest.fixture(params=RATES, ids=["low p", "middle p", "high p"])
def p(request, rng):
    return rng.uniform(*request.param)


@pytest.fixture
def where(p):
    return f"Dropout(p={p:.3g}).backward"


@pytest.mark.essential
def test_no_gradient_flows_through_a_dropped_element(submission, linear, rng):
    """The gradient does not depend on grad_output where the forward pass dropped the element."""
    where = "Dropout(p=0.5).backward"
    known = linear(5, 40)
    layer = submission.Dropout(known.layer, p=0.5)
    x = rng.normal(size=(3, 5))
    for _ in range(60):  # a right layer drops one of 120 elements in its first call but for 2**-120
        kept = forward(layer, x, 40, where)
        if not kept.all():
            break
    else:
        raise AssertionError(
            "no element of the output is ever dropped, so no mask can be read back"
        )
    grad_output = np.where(kept, 0.0, rng.normal(size=kept.shape))
    grad_input = expect.array(layer.backward(grad_output), x.shape, "grad_input", where)
    assert not grad_input.any(), (
        "grad_output is zero at all kept elements, so grad_input should be zero everywhere, but "
        f"{np.count_nonzero(grad_input)} of {grad_input.size} elements are not [{where}]"
    )


@pytest.mark.parametrize("shape", SHAPES)
def test_grad_input_equals_pytorch(submission, linear, rng, p, where, shape):
    """The gradient with respect to x equals PyTorch's for the mask that the forward pass drew."""
    known = linear(*shape[1:])
    layer = submission.Dropout(known.layer, p=p)
    done = step(layer, known, rng, shape[0], p, where)
    expect.close(done.grad_input, done.expected["x"], "grad_input", where)


@pytest.mark.parametrize("shape", SHAPES)
def test_weights_gradient_equals_pytorch(submission, linear, rng, p, where, shape):
    """The gradient of the wrapped layer's weights equals PyTorch's for that mask."""
    known = linear(*shape[1:])
    layer = submission.Dropout(known.layer, p=p)
    done = step(layer, known, rng, shape[0], p, where)
    weights = expect.entry(done.grads, "weights", known.weights.shape, where)
    expect.close(weights, done.expected["weights"], 'grads["weights"]', where)


@pytest.mark.parametrize("shape", SHAPES)
def test_bias_gradient_equals_pytorch(submission, linear, rng, p, where, shape):
    """The gradient of the wrapped layer's bias equals PyTorch's for that mask."""
    known = linear(*shape[1:])
    layer = submission.Dropout(known.layer, p=p)
    done = step(layer, known, rng, shape[0], p, where)
    bias = expect.entry(done.grads, "bias", known.bias.shape, where)
    expect.close(bias, done.expected["bias"], 'grads["bias"]', where)


def test_backward_uses_the_latest_forward(submission, linear, rng, p, where):
    """After several forward passes, the backward pass belongs to the latest one."""
    known = linear(6, 30)
    layer = submission.Dropout(known.layer, p=p)
    for rows in (4, 4, 2):
        forward(layer, rng.normal(size=(rows, 6)), 30, where)
    done = step(layer, known, rng, 4, p, where)
    expect.close(done.grad_input, done.expected["x"], "grad_input", where)


def test_two_layers_keep_their_own_masks(submission, linear, rng, p, where):
    """Two Dropout layers in one network do not disturb each other's masks."""
    first, second = linear(6, 30), linear(6, 30)
    layers = [submission.Dropout(known.layer, p=p) for known in (first, second)]
    x = rng.normal(size=(4, 6))
    kept = [forward(layer, x, 30, where) for layer in layers]
    grad_output = rng.normal(size=(4, 30))
    for layer, known, mask in zip(layers, (first, second), kept, strict=True):
        expected = pytorch_gradients(x, known.weights, known.bias, mask / (1 - p), grad_output)
        grad_input = expect.array(layer.backward(grad_output), x.shape, "grad_input", where)
        expect.close(grad_input, expected["x"], "grad_input", where)


def test_gradients_do_not_accumulate(submission, linear, rng, p, where):
    """Each backward pass sets the gradients anew; nothing is left of the pass before."""
    known = linear(5, 7)
    layer = submission.Dropout(known.layer, p=p)
    for _ in range(3):
        done = step(layer, known, rng, 4, p, where)
    expect.close(done.grad_input, done.expected["x"], "grad_input", where)
    for name in ("weights", "bias"):
        grad = expect.entry(done.grads, name, done.expected[name].shape, where)
        expect.close(grad, done.expected[name], f'grads["{name}"]', where)


def test_backward_leaves_its_arguments_untouched(submission, linear, rng, p, where):
    """The backward pass changes neither grad_output nor the layer's parameters."""
    known = linear(4, 30)
    layer = submission.Dropout(known.layer, p=p)
    forward(layer, rng.normal(size=(3, 4)), 30, where)
    grad_output = rng.normal(size=(3, 30))
    before = grad_output.copy()
    layer.backward(grad_output)
    expect.untouched(grad_output, before, "grad_output", where)
    known.assert_untouched(where)

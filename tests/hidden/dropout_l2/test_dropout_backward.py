"""The backward pass of Dropout, judged on the mask read back from the student's own output."""

from typing import NamedTuple

import numpy as np
import pytest
import torch

from autograder import expect

RATES = [(0.1, 0.25), (0.45, 0.55), (0.7, 0.85)]
SHAPES = [(1, 7, 5), (6, 3, 8), (5, 4, 4)]  # (N, in_features, out_features)


class Step(NamedTuple):
    """One forward and backward pass: the student's gradients, and PyTorch's.

    PyTorch's come for two masks. The contract's is 1 / (1 - p) where the output is not zero. The
    forward pass's own is output / layer(x): whoever scales wrongly there, and loses the point for it
    there, may scale backward either way.
    """

    grad_input: np.ndarray
    grads: object
    expected: tuple[dict[str, np.ndarray], dict[str, np.ndarray]]

    def gradient(self, name: str, where: str) -> np.ndarray:
        if name == "x":
            return self.grad_input
        return expect.entry(self.grads, name, self.expected[0][name].shape, where)

    def assert_equals_pytorch(self, name: str, where: str) -> None:
        title = "grad_input" if name == "x" else f'grads["{name}"]'
        contract, own = (expected[name] for expected in self.expected)
        gradient = self.gradient(name, where)
        try:
            expect.close(gradient, own, title, where)
        except AssertionError:
            expect.close(gradient, contract, title, where)


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
    return expect.array(layer(x), (len(x), out_features), "output", where)


def step(layer, known, rng, rows, p, where):
    in_features, out_features = known.weights.shape
    x = rng.normal(size=(rows, in_features))
    y = forward(layer, x, out_features, where)
    return backward(layer, known, rng, x, y, p, where)


def backward(layer, known, rng, x, y, p, where):
    grad_output = rng.normal(size=y.shape)
    grad_input = expect.array(layer.backward(grad_output), x.shape, "grad_input", where)
    masks = (y != 0) / (1 - p), y / known.output(x)  # no zeros in layer(x)
    expected = [
        pytorch_gradients(x, known.weights, known.bias, mask, grad_output) for mask in masks
    ]
    return Step(grad_input, known.layer.grads, tuple(expected))


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
        kept = forward(layer, x, 40, where) != 0
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
    done.assert_equals_pytorch("x", where)


@pytest.mark.parametrize("shape", SHAPES)
def test_weights_gradient_equals_pytorch(submission, linear, rng, p, where, shape):
    """The gradient of the wrapped layer's weights equals PyTorch's for that mask."""
    known = linear(*shape[1:])
    layer = submission.Dropout(known.layer, p=p)
    done = step(layer, known, rng, shape[0], p, where)
    done.assert_equals_pytorch("weights", where)


@pytest.mark.parametrize("shape", SHAPES)
def test_bias_gradient_equals_pytorch(submission, linear, rng, p, where, shape):
    """The gradient of the wrapped layer's bias equals PyTorch's for that mask."""
    known = linear(*shape[1:])
    layer = submission.Dropout(known.layer, p=p)
    done = step(layer, known, rng, shape[0], p, where)
    done.assert_equals_pytorch("bias", where)


def test_backward_uses_the_latest_forward(submission, linear, rng, p, where):
    """After several forward passes, the backward pass belongs to the latest one."""
    known = linear(6, 30)
    layer = submission.Dropout(known.layer, p=p)
    for rows in (4, 4, 2):
        forward(layer, rng.normal(size=(rows, 6)), 30, where)
    done = step(layer, known, rng, 4, p, where)
    done.assert_equals_pytorch("x", where)


def test_two_layers_keep_their_own_masks(submission, linear, rng, p, where):
    """Two Dropout layers in one network do not disturb each other's masks."""
    first, second = linear(6, 30), linear(6, 30)
    layers = [submission.Dropout(known.layer, p=p) for known in (first, second)]
    x = rng.normal(size=(4, 6))
    outputs = [forward(layer, x, 30, where) for layer in layers]
    for layer, known, y in zip(layers, (first, second), outputs, strict=True):
        backward(layer, known, rng, x, y, p, where).assert_equals_pytorch("x", where)


def test_gradients_do_not_accumulate(submission, linear, rng, p, where):
    """Each backward pass sets the gradients anew; nothing is left of the pass before."""
    known = linear(5, 7)
    layer = submission.Dropout(known.layer, p=p)
    for _ in range(3):
        done = step(layer, known, rng, 4, p, where)
    done.assert_equals_pytorch("x", where)
    done.assert_equals_pytorch("weights", where)
    done.assert_equals_pytorch("bias", where)


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

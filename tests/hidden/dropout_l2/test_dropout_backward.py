"""The backward pass of Dropout, judged on the mask read back from the student's own output."""

from itertools import product
from typing import NamedTuple

import numpy as np
import pytest

from autograder import expect, oracle

RATES = {"low p": (0.1, 0.3), "middle p": (0.4, 0.48), "high p": (0.7, 0.9)}  # never 1 - p
TRIES = 60  # calls until something is kept: 0.9**60 is 0.002


class Step(NamedTuple):
    """One forward and backward pass: the student's gradients, and PyTorch's.

    PyTorch's come for two masks. The contract's is 1 / (1 - p) where the output is not zero. The
    forward pass's own is output / layer(x): whoever scales wrongly there, and loses the point for it
    there, may scale backward either way.
    """

    gradients: dict[str, np.ndarray]
    expected: tuple[dict[str, np.ndarray], dict[str, np.ndarray]]
    where: str

    def assert_equals_pytorch(self, *names: str) -> None:
        for name in names:
            title = "grad_input" if name == "x" else f'grads["{name}"]'
            contract, own = (expected[name] for expected in self.expected)
            try:
                expect.close(self.gradients[name], own, title, self.where)
            except AssertionError:
                expect.close(self.gradients[name], contract, title, self.where)


def loss(x, weights, bias, mask, grad_output):
    return ((x @ weights + bias) * mask * grad_output).sum()


def closed_form(x, weights, bias, mask, grad_output):
    masked = grad_output * mask
    return {
        "x": masked @ weights.T,
        "weights": x.T @ masked,
        "bias": masked.sum(axis=0, keepdims=True),
    }


def forward(layer, x, out_features, where):
    return expect.array(layer(x), (len(x), out_features), "output", where)


def forward_until_kept(layer, known, numbers, rows, where):
    """Return x and the output of a forward pass that keeps something, if there is one at all."""
    for _ in range(TRIES):
        x = numbers(rows, len(known.weights))
        y = forward(layer, x, known.weights.shape[1], where)
        if y.any():
            break
    return x, y


def backward(layer, known, x, y, grad_output, p):
    where = f"Dropout(p={p}).backward{known.given(x=x, output=y, grad_output=grad_output)}"
    grad_input = expect.array(layer.backward(grad_output), x.shape, "grad_input", where)
    grads = known.layer.grads
    masks = (y != 0) / (1 - p), y / known.output(x)  # no zeros in layer(x)
    wrt = {"x": x, "weights": known.weights, "bias": known.bias}
    expected = [
        oracle.gradients(loss, closed_form, wrt, mask=mask, grad_output=grad_output)
        for mask in masks
    ]
    gradients = {
        "x": grad_input,
        "weights": expect.entry(grads, "weights", known.weights.shape, where),
        "bias": expect.entry(grads, "bias", known.bias.shape, where),
    }
    return Step(gradients, tuple(expected), where)


@pytest.fixture(params=RATES)
def p(request, rng):
    return round(rng.uniform(*RATES[request.param]), 3)


@pytest.fixture
def some_p(rng):
    return round(rng.uniform(0.2, 0.45), 3)


@pytest.fixture
def step(submission, linear, numbers):
    """A function that takes one step with a layer, or with a new one of the given sizes."""

    def take(p, sizes):
        rows, in_features, out_features = sizes
        known = linear(in_features, out_features)
        layer = submission.Dropout(known.layer, p=p)
        x, y = forward_until_kept(layer, known, numbers, rows, f"Dropout(p={p})")
        return backward(layer, known, x, y, numbers(*y.shape), p)

    return take


@pytest.mark.essential
def test_no_gradient_flows_through_a_dropped_element(submission, linear, rng):
    """The gradient does not depend on grad_output where the forward pass dropped the element."""
    where = "Dropout(p=0.5).backward"
    known = linear(5, 40)
    layer = submission.Dropout(known.layer, p=0.5)
    x = rng.normal(size=(3, 5))
    for _ in range(
        TRIES
    ):  # a right layer drops one of 120 elements in its first call but for 2**-120
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


def test_grad_input_equals_pytorch(step, p, sizes):
    """The gradient with respect to x equals PyTorch's for the mask that the forward pass drew."""
    step(p, sizes).assert_equals_pytorch("x")


def test_weights_gradient_equals_pytorch(step, p, sizes):
    """The gradient of the wrapped layer's weights equals PyTorch's for that mask."""
    step(p, sizes).assert_equals_pytorch("weights")


def test_bias_gradient_equals_pytorch(step, p, sizes):
    """The gradient of the wrapped layer's bias equals PyTorch's for that mask."""
    step(p, sizes).assert_equals_pytorch("bias")


def test_gradients_are_right_for_every_grad_output(submission, linear, numbers, rng, some_p):
    """The gradients equal PyTorch's for each element of grad_output alone, small or large."""
    # all is linear in grad_output: what holds for a basis and a sum holds for each grad_output
    p, rows, out_features = some_p, 2, 3
    known = linear(4, out_features)
    layer = submission.Dropout(known.layer, p=p)
    basis = [np.zeros((rows, out_features)) for _ in range(rows * out_features)]
    for unit, place in zip(basis, product(range(rows), range(out_features)), strict=True):
        unit[place] = 10.0 ** rng.integers(-3, 4)
    for grad_output in [*basis, sum(basis)]:
        x, y = forward_until_kept(layer, known, numbers, rows, f"Dropout(p={p})")
        done = backward(layer, known, x, y, grad_output, p)
        done.assert_equals_pytorch("x", "weights", "bias")


def test_backward_uses_the_latest_forward(submission, linear, numbers, rng, some_p):
    """After several forward passes, the backward pass belongs to the latest one."""
    p = some_p
    known = linear(6, 30)
    layer = submission.Dropout(known.layer, p=p)
    for rows in (4, 4, 2, 4):
        x = numbers(rows, 6)
        y = forward(layer, x, 30, f"Dropout(p={p})")
    backward(layer, known, x, y, numbers(4, 30), p).assert_equals_pytorch("x", "weights", "bias")


def test_two_layers_keep_their_own_masks(submission, linear, numbers, some_p):
    """Two Dropout layers in one network do not disturb each other's masks."""
    p, x = some_p, numbers(4, 6)
    both = [linear(6, 30), linear(6, 30)]
    layers = [submission.Dropout(known.layer, p=p) for known in both]
    outputs = [forward(layer, x, 30, f"Dropout(p={p})") for layer in layers]
    for layer, known, y in zip(layers, both, outputs, strict=True):
        backward(layer, known, x, y, numbers(4, 30), p).assert_equals_pytorch("x")


def test_gradients_do_not_accumulate(submission, linear, numbers, some_p):
    """Each backward pass sets the gradients anew; nothing is left of the pass before."""
    p = some_p
    known = linear(5, 7)
    layer = submission.Dropout(known.layer, p=p)
    for _ in range(3):
        x = numbers(4, 5)
        y = forward(layer, x, 7, f"Dropout(p={p})")
        done = backward(layer, known, x, y, numbers(4, 7), p)
    done.assert_equals_pytorch("x", "weights", "bias")


def test_backward_leaves_its_arguments_untouched(submission, linear, numbers, some_p):
    """The backward pass changes neither grad_output nor the layer's parameters."""
    where = f"Dropout(p={some_p}).backward"
    known = linear(4, 30)
    layer = submission.Dropout(known.layer, p=some_p)
    forward(layer, numbers(3, 4), 30, where)
    grad_output = numbers(3, 30)
    before = grad_output.copy()
    layer.backward(grad_output)
    expect.untouched(grad_output, before, "grad_output", where)
    known.assert_untouched(where)

"""The backward pass of L2 regularization: PyTorch's gradient of the loss plus the penalty."""

from typing import NamedTuple

import numpy as np
import pytest
import torch

from autograder import expect
from autograder.sandbox import StudentError

SHAPES = [(1, 7, 5), (6, 3, 8), (5, 4, 4)]  # (N, in_features, out_features)


class Step(NamedTuple):
    """One forward and backward pass: the student's gradients, PyTorch's, and the data's alone."""

    grad_input: np.ndarray
    weights: np.ndarray
    bias: np.ndarray
    expected: dict[str, np.ndarray]
    data_only: np.ndarray


@pytest.fixture(params=[(0.05, 0.4), (1.2, 2.5)], ids=["small", "large"])
def coefficient(request, rng):
    return rng.uniform(*request.param)


@pytest.fixture
def where(coefficient):
    return f"L2regularization(coefficient={coefficient:.3g}).backward"


def pytorch_gradients(x, weights, bias, coefficient, grad_output):
    """Return the gradients of sum(y * grad_output) + coefficient * sum(weights ** 2)."""
    tensors = {
        name: torch.tensor(array, dtype=torch.float64, requires_grad=True)
        for name, array in {"x": x, "weights": weights, "bias": bias}.items()
    }
    y = tensors["x"] @ tensors["weights"] + tensors["bias"]
    loss = (y * torch.tensor(grad_output)).sum() + coefficient * (tensors["weights"] ** 2).sum()
    loss.backward()
    return {name: tensor.grad.numpy() for name, tensor in tensors.items()}


def step(layer, known, rng, rows, coefficient, where):
    in_features, out_features = known.weights.shape
    x = rng.normal(size=(rows, in_features))
    grad_output = rng.normal(size=(rows, out_features))
    layer(x)
    grad_input = expect.array(layer.backward(grad_output), x.shape, "grad_input", where)
    try:
        grads = layer.grads
    except (AttributeError, StudentError):  # a class of its own may leave them to the layer
        grads = known.layer.grads
    return Step(
        grad_input,
        expect.entry(grads, "weights", known.weights.shape, where),
        expect.entry(grads, "bias", known.bias.shape, where),
        pytorch_gradients(x, known.weights, known.bias, coefficient, grad_output),
        data_only=x.T @ grad_output,
    )


@pytest.mark.essential
def test_penalty_enters_the_weights_gradient(submission, linear, rng, coefficient, where):
    """The gradient of the weights is not that of the data alone: the penalty enters it."""
    known = linear(4, 6)
    layer = submission.L2regularization(known.layer, coefficient=coefficient)
    done = step(layer, known, rng, 3, coefficient, where)
    assert not np.allclose(done.weights, done.data_only), (
        f'grads["weights"] is the gradient of the data alone [{where}]'
    )


@pytest.mark.parametrize("shape", SHAPES)
def test_weights_gradient_equals_pytorch(submission, linear, rng, coefficient, where, shape):
    """The gradient of the weights equals PyTorch's for the loss plus the penalty."""
    known = linear(*shape[1:])
    layer = submission.L2regularization(known.layer, coefficient=coefficient)
    done = step(layer, known, rng, shape[0], coefficient, where)
    expect.close(done.weights, done.expected["weights"], 'grads["weights"]', where)


@pytest.mark.parametrize("shape", SHAPES)
def test_bias_gradient_equals_pytorch(submission, linear, rng, coefficient, where, shape):
    """The gradient of the bias is that of the data alone, as PyTorch has it."""
    known = linear(*shape[1:])
    layer = submission.L2regularization(known.layer, coefficient=coefficient)
    done = step(layer, known, rng, shape[0], coefficient, where)
    expect.close(done.bias, done.expected["bias"], 'grads["bias"]', where)


@pytest.mark.parametrize("shape", SHAPES)
def test_grad_input_equals_pytorch(submission, linear, rng, coefficient, where, shape):
    """The gradient with respect to x is the wrapped layer's own, as PyTorch has it."""
    known = linear(*shape[1:])
    layer = submission.L2regularization(known.layer, coefficient=coefficient)
    done = step(layer, known, rng, shape[0], coefficient, where)
    expect.close(done.grad_input, done.expected["x"], "grad_input", where)


def test_gradients_belong_to_the_present_step(submission, linear, rng, coefficient, where):
    """Each backward pass sets the gradients anew, for the weights and the data of that step."""
    known = linear(5, 7)
    layer = submission.L2regularization(known.layer, coefficient=coefficient)
    for _ in range(3):
        known.set_weights(rng.normal(size=(5, 7)))
        done = step(layer, known, rng, 4, coefficient, where)
    expect.close(done.weights, done.expected["weights"], 'grads["weights"]', where)
    expect.close(done.bias, done.expected["bias"], 'grads["bias"]', where)
    expect.close(done.grad_input, done.expected["x"], "grad_input", where)


def test_asking_for_the_penalty_changes_no_gradient(submission, linear, rng, coefficient, where):
    """The gradients are the same whether penalty() has been called before or not."""
    known = linear(4, 3)
    layer = submission.L2regularization(known.layer, coefficient=coefficient)
    step(layer, known, rng, 5, coefficient, where)
    for _ in range(2):
        layer.penalty()
        known.set_weights(
            rng.normal(size=(4, 3))
        )  # what penalty() does to them is judged elsewhere
        done = step(layer, known, rng, 5, coefficient, where)
    expect.close(done.weights, done.expected["weights"], 'grads["weights"]', where)


def test_zero_coefficient_leaves_the_data_gradient(submission, linear, rng):
    """With coefficient 0 the gradients are the plain layer's."""
    where = "L2regularization(coefficient=0).backward"
    known = linear(4, 3)
    layer = submission.L2regularization(known.layer, coefficient=0.0)
    done = step(layer, known, rng, 5, 0.0, where)
    expect.close(done.weights, done.data_only, 'grads["weights"]', where)
    expect.close(done.grad_input, done.expected["x"], "grad_input", where)


def test_backward_leaves_its_arguments_untouched(submission, linear, rng, coefficient, where):
    """The backward pass changes neither grad_output nor the weights nor the bias."""
    known = linear(4, 6)
    layer = submission.L2regularization(known.layer, coefficient=coefficient)
    layer(rng.normal(size=(3, 4)))
    grad_output = rng.normal(size=(3, 6))
    before = grad_output.copy()
    layer.backward(grad_output)
    expect.untouched(grad_output, before, "grad_output", where)
    known.assert_untouched(where)

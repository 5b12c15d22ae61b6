"""The backward pass of Scaling, compared with PyTorch's.

PyTorch is needed here only, where the tests run: students' code runs without it.
"""

import numpy as np
import pytest

from autograder.kit import expect, oracle

CASES = [(0.5, (1, 2)), (3.0, (4, 3)), (-1.25, (2, 3, 2))]


def loss(x, factor, grad_output):
    return (factor * x * grad_output).sum()


def closed_form(x, factor, grad_output):
    return {"x": factor * grad_output, "factor": np.sum(x * grad_output)}


@pytest.fixture
def steps(submission, rng):
    """Forward and backward passes of new layers: each layer, its answer, PyTorch's, the numbers."""
    made = []
    for factor, shape in CASES:
        x, grad_output = np.round(rng.normal(size=(2, *shape)), 2)
        layer = submission.Scaling(factor)
        layer(x.copy())
        grad_input = layer.backward(grad_output.copy())
        wrt = {"x": x, "factor": np.array(factor)}
        expected = oracle.gradients(loss, closed_form, wrt, grad_output=grad_output)
        where = f"Scaling({factor}).backward" + expect.given(x=x, grad_output=grad_output)
        made.append((layer, grad_input, expected, where))
    return made


@pytest.mark.criterion("x")
def test_grad_input_equals_pytorch(steps):
    """What backward returns is PyTorch's gradient with respect to x."""
    for _, grad_input, expected, where in steps:
        found = expect.array(grad_input, expected["x"].shape, "grad_input", where)
        expect.close(found, expected["x"], "grad_input", where)


@pytest.mark.criterion("factor")
def test_grad_factor_equals_pytorch(steps):
    """After backward, grad_factor is PyTorch's gradient with respect to the factor."""
    for layer, _, expected, where in steps:
        found = expect.number(layer.grad_factor, "grad_factor", where)
        expect.close(found, float(expected["factor"]), "grad_factor", where)


def observe_gradients(submission, rng):
    layer = submission.Scaling(3.0)
    layer(rng.normal(size=(2, 3)))
    return layer.backward(rng.normal(size=(2, 3))), layer.grad_factor

"""Activations compute what PyTorch computes, also where exp would overflow."""

import numpy as np
import pytest
import torch

from activations import LeakyReLU, ReLU, Sigmoid, Softmax, Tanh
from tests.framework.batch import each_shape
from tests.framework.pytorch import assert_close, tensor

# warnings are errors: "stable" means that nothing overflows on the way
pytestmark = pytest.mark.filterwarnings("error")

# Each activation as a function that makes one, beside PyTorch's.
ACTIVATIONS = {
    "ReLU": (ReLU, torch.relu),
    "LeakyReLU": (LeakyReLU, torch.nn.functional.leaky_relu),
    "LeakyReLU(slope=0.3)": (
        lambda: LeakyReLU(slope=0.3),
        lambda x: torch.nn.functional.leaky_relu(x, negative_slope=0.3),
    ),
    "LeakyReLU(slope=1.7)": (
        lambda: LeakyReLU(slope=1.7),
        lambda x: torch.nn.functional.leaky_relu(x, negative_slope=1.7),
    ),
    "Tanh": (Tanh, torch.tanh),
    "Softmax": (Softmax, lambda x: torch.softmax(x, dim=1)),
    "Sigmoid": (Sigmoid, torch.sigmoid),
}
each_activation = pytest.mark.parametrize(
    ("make", "reference"), ACTIVATIONS.values(), ids=ACTIVATIONS.keys()
)
each_activation_alone = pytest.mark.parametrize("make", [ReLU, LeakyReLU, Tanh, Softmax, Sigmoid])


@each_shape
@each_activation
def test_equal_pytorch(rng, make, reference, shape):
    """y and dL/dx equal PyTorch's, and there is nothing to learn."""
    activation, x, grad_output = make(), rng.normal(size=shape) * 3, rng.normal(size=shape)
    x_torch = tensor(x)
    y_torch = reference(x_torch)
    assert_close(activation(x), y_torch)

    y_torch.backward(torch.tensor(grad_output))
    assert_close(activation.backward(grad_output), x_torch.grad)
    assert (activation.parameters, activation.grads, activation.penalty()) == ({}, {}, 0)


@each_activation
def test_equal_pytorch_at_zero_and_at_large_x(make, reference):
    """At the kink, and where exp would overflow, y and dL/dx equal PyTorch's, unwarned."""
    x = np.array([[0.0, -0.0, 1e4, -1e4, 40.0, -40.0], [-1e300, 800.0, 0.0, -800.0, 1e300, 3]])
    grad_output = np.array([[1.0, 2, 3, 4, 5, 6], [6.0, 5, 4, 3, 2, 1]])
    activation, x_torch = make(), tensor(x)
    y_torch = reference(x_torch)
    assert_close(activation(x), y_torch)
    y_torch.backward(torch.tensor(grad_output))
    assert_close(activation.backward(grad_output), x_torch.grad)


@each_activation
def test_backward_belongs_to_the_latest_forward(rng, make, reference):
    """After two forward passes, the gradient is that of the second x."""
    activation, x, grad_output = make(), rng.normal(size=(5, 4)), rng.normal(size=(5, 4))
    activation(rng.normal(size=(2, 3)))
    activation(x)
    x_torch = tensor(x)
    reference(x_torch).backward(torch.tensor(grad_output))
    assert_close(activation.backward(grad_output), x_torch.grad)
    assert_close(activation.backward(grad_output), x_torch.grad)


@each_activation
def test_gradient_survives_changes_to_the_output(rng, make, reference):
    """A layer that works in place on y does not spoil the gradient of the layer before it."""
    activation, x, grad_output = make(), rng.normal(size=(5, 4)), rng.normal(size=(5, 4))
    y = activation(x)
    y *= 0
    x_torch = tensor(x)
    reference(x_torch).backward(torch.tensor(grad_output))
    assert_close(activation.backward(grad_output), x_torch.grad)


@each_activation_alone
def test_x_must_be_two_dimensional(make):
    """A single example without its batch axis is refused."""
    with pytest.raises(ValueError, match=r"^x must have shape \(N, C\), got x\.shape=\(3,\)$"):
        make()(np.ones(3))


@each_activation_alone
def test_grad_output_must_have_the_shape_of_y(make):
    """A grad_output that would broadcast is refused."""
    activation = make()
    activation(np.ones((5, 3)))
    with pytest.raises(
        ValueError,
        match=r"^grad_output must have shape \(5, 3\), got grad_output\.shape=\(1, 3\)$",
    ):
        activation.backward(np.ones((1, 3)))


@each_activation_alone
def test_backward_needs_a_forward_pass(make):
    """Without a forward pass there is no x to compute the gradient at."""
    name = type(make()).__name__
    with pytest.raises(
        RuntimeError, match=rf"^a forward pass must come before {name}\.backward, got none$"
    ):
        make().backward(np.ones((5, 3)))


def test_leaky_relu_has_pytorchs_slope_by_default():
    """LeakyReLU() has the slope 0.01."""
    np.testing.assert_array_equal(LeakyReLU()(np.array([[-100.0, 100.0]])), [[-1.0, 100.0]])


def test_sigmoid_keeps_its_small_values():
    """sigmoid(-100) is exp(-100), not 0."""
    np.testing.assert_allclose(
        Sigmoid()(np.array([[-100.0, -700.0]])), np.exp([[-100.0, -700.0]]), rtol=1e-12, atol=0
    )


def test_softmax_rows_are_probabilities_whatever_their_level(rng):
    """Each row sums to 1, and adding a constant to a row of x does not change it."""
    x = rng.normal(size=(5, 4))
    y = Softmax()(x)
    assert_close(y.sum(axis=1), np.ones(5))
    assert_close(Softmax()(x + 1e4 * np.arange(-2, 3)[:, None]), y)


@pytest.mark.parametrize("shape", [(1, 6), (3, 4)], ids=str)
def test_softmax_backward_is_the_full_jacobian(rng, shape):
    """Row by row of grad_output's basis, backward gives every entry of PyTorch's Jacobian."""
    x = rng.normal(size=shape)
    jacobian = torch.autograd.functional.jacobian(lambda x: torch.softmax(x, 1), tensor(x))
    softmax = Softmax()
    softmax(x)
    for index in np.ndindex(shape):  # dL/dy is 1 at the index and 0 elsewhere
        grad_output = np.zeros(shape)
        grad_output[index] = 1.0
        assert_close(softmax.backward(grad_output), jacobian[index])


@each_activation
def test_leave_their_arguments_alone(rng, make, reference):
    """A forward and a backward pass change neither x nor grad_output, and return new arrays."""
    layer, x, grad_output = make(), rng.normal(size=(5, 4)), rng.normal(size=(5, 4))
    x.flags.writeable = grad_output.flags.writeable = False
    y = layer(x)
    grad_input = layer.backward(grad_output)
    assert not np.shares_memory(y, x)
    assert not np.shares_memory(grad_input, grad_output)

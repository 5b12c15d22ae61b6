"""Layers compute what PyTorch computes, wrapped or not, and say what is wrong with their input."""

import numpy as np
import pytest
import torch

from layers import Layer, LayerWrapper, Linear
from tests.framework.pytorch import assert_close, tensor, torch_linear
from tests.framework.wrappers import PassThrough, Toll

# warnings are errors: "stable" means that nothing overflows on the way
pytestmark = pytest.mark.filterwarnings("error")


class TestLayer:
    def test_has_nothing_to_learn_and_no_penalty(self):
        """A layer starts in training mode, with no parameters, no gradients and no penalty."""
        layer = Layer()
        assert (layer.training, layer.parameters, layer.grads, layer.penalty()) == (True, {}, {}, 0)

    def test_each_instance_has_its_own_state(self):
        """What one layer's attributes hold does not show in another's."""
        one, other = Layer(), Layer()
        one.training = False
        one.parameters["weights"] = one.grads["weights"] = np.ones((1, 1))
        assert (other.training, other.parameters, other.grads) == (True, {}, {})

    @pytest.mark.parametrize("base", [Layer, lambda: LayerWrapper(Linear(2, 2))])
    def test_forward_and_backward_are_left_to_subclasses(self, base):
        """A subclass that forgets one of the two does not silently inherit it."""
        name = type(base()).__name__
        with pytest.raises(NotImplementedError, match=rf"^{name} must define __call__\(self, x\)$"):
            base()(np.ones((2, 2)))
        with pytest.raises(NotImplementedError, match=rf"^{name} must define backward\(self, grad"):
            base().backward(np.ones((2, 2)))


class TestLinear:
    def test_draws_weights_then_bias(self):
        """The parameters are np.random.randn * 0.05, the weights drawn before the bias."""
        np.random.seed(5)
        layer = Linear(4, 3)
        np.random.seed(5)
        np.testing.assert_array_equal(layer.weights, np.random.randn(4, 3) * 0.05)
        np.testing.assert_array_equal(layer.bias, np.random.randn(1, 3) * 0.05)
        assert layer.weights.dtype == layer.bias.dtype == np.float64

    @pytest.mark.parametrize("n", [1, 5])
    @pytest.mark.parametrize("sizes", [(1, 1), (4, 4), (7, 3), (2, 9)], ids=str)
    def test_equals_pytorch(self, rng, n, sizes):
        """y, dL/dx, dL/dweights and dL/dbias equal PyTorch's."""
        layer, x = Linear(*sizes), rng.normal(size=(n, sizes[0]))
        twin, x_torch = torch_linear(layer), tensor(x)
        y_torch = twin(x_torch)
        assert_close(layer(x), y_torch)

        grad_output = rng.normal(size=(n, sizes[1]))
        y_torch.backward(torch.tensor(grad_output))
        assert_close(layer.backward(grad_output), x_torch.grad)
        assert layer.grads.keys() == {"weights", "bias"}
        assert_close(layer.grads["weights"], twin.weight.grad.T)
        assert_close(layer.grads["bias"], twin.bias.grad[None])

    def test_backward_never_accumulates(self, rng):
        """A second backward replaces the gradients, and leaves an earlier dict as it was."""
        layer, x, grad_output = Linear(4, 3), rng.normal(size=(5, 4)), rng.normal(size=(5, 3))
        layer(x)
        layer.backward(grad_output)
        first = layer.grads
        expected = {name: grad.copy() for name, grad in first.items()}

        layer.backward(2 * grad_output)
        assert layer.grads is not first
        for name, grad in expected.items():
            assert_close(layer.grads[name], 2 * grad)
            assert_close(first[name], grad)

    def test_backward_belongs_to_the_latest_forward(self, rng):
        """After two forward passes, the gradient is that of the second x."""
        layer, x, grad_output = Linear(4, 3), rng.normal(size=(5, 4)), rng.normal(size=(5, 3))
        layer(rng.normal(size=(2, 4)))
        layer(x)
        layer.backward(grad_output)
        assert_close(layer.grads["weights"], x.T @ grad_output)

    def test_parameters_are_the_arrays_themselves(self):
        """`parameters`, `weights` and `bias` are one thing, whichever of them is assigned."""
        layer = Linear(4, 3)
        assert layer.parameters.keys() == {"weights", "bias"}
        assert layer.parameters["weights"] is layer.weights
        assert layer.parameters["bias"] is layer.bias

        layer.weights, layer.bias = np.ones((4, 3)), np.full((1, 3), 2.0)
        assert layer.parameters["weights"] is layer.weights
        assert layer.parameters["bias"] is layer.bias
        np.testing.assert_array_equal(layer(np.ones((1, 4))), [[6.0, 6.0, 6.0]])

        layer.parameters = {"weights": np.zeros((4, 3)), "bias": np.zeros((1, 3))}
        np.testing.assert_array_equal(layer(np.ones((1, 4))), [[0.0, 0.0, 0.0]])

    @pytest.mark.parametrize(
        ("sizes", "message"),
        [
            ((0, 3), r"^in_features must be a positive integer, got in_features=0$"),
            ((3, -1), r"^out_features must be a positive integer, got out_features=-1$"),
            ((2.0, 3), r"^in_features must be a positive integer, got in_features=2\.0$"),
            ((3, "4"), r"^out_features must be a positive integer, got out_features='4'$"),
        ],
    )
    def test_sizes_must_be_positive_integers(self, sizes, message):
        """A size that is no positive integer is refused by name."""
        with pytest.raises(ValueError, match=message):
            Linear(*sizes)

    def test_sizes_may_be_numpy_integers(self):
        """A size read from an array's shape or values is a size."""
        assert Linear(np.int64(4), np.int32(3)).weights.shape == (4, 3)

    @pytest.mark.parametrize(
        ("shape", "found"), [((2, 999), r"\(2, 999\)"), ((1000,), r"\(1000,\)"), ((), r"\(\)")]
    )
    def test_x_must_have_in_features_columns(self, shape, found):
        """An x of another width or dimension is refused, with both shapes in the message."""
        with pytest.raises(
            ValueError, match=rf"^x must have shape \(N, 1000\), got x\.shape={found}$"
        ):
            Linear(1000, 10)(np.zeros(shape))

    @pytest.mark.parametrize("shape", [(1, 3), (5, 4), (3,), (5, 3, 1)], ids=str)
    def test_grad_output_must_have_the_shape_of_y(self, shape):
        """A grad_output of another shape, even one that would broadcast, is refused."""
        layer = Linear(4, 3)
        layer(np.ones((5, 4)))
        with pytest.raises(
            ValueError, match=r"^grad_output must have shape \(5, 3\), got grad_output\.shape="
        ):
            layer.backward(np.ones(shape))
        assert layer.grads == {}

    def test_backward_needs_a_forward_pass(self):
        """Without a forward pass there is no x to compute gradients from."""
        with pytest.raises(
            RuntimeError, match=r"^a forward pass must come before Linear\.backward, got none$"
        ):
            Linear(4, 3).backward(np.ones((5, 3)))

    @pytest.mark.parametrize("x", [[[1.0, 2.0]], torch.ones(1, 2)], ids=["list", "Tensor"])
    def test_x_must_be_a_numpy_array(self, x, request):
        """A list or a PyTorch tensor is refused before it turns into something puzzling."""
        found = request.node.callspec.id
        with pytest.raises(TypeError, match=rf"^x must be a NumPy array, got {found}$"):
            Linear(2, 3)(x)

    def test_leaves_its_arguments_alone(self, rng):
        """A forward and a backward pass change neither x nor grad_output, and return new arrays."""
        layer, x, grad_output = Linear(4, 4), rng.normal(size=(5, 4)), rng.normal(size=(5, 4))
        x.flags.writeable = grad_output.flags.writeable = False
        y = layer(x)
        grad_input = layer.backward(grad_output)
        assert not np.shares_memory(y, x)
        assert not np.shares_memory(grad_input, grad_output)


class TestLayerWrapper:
    @pytest.mark.parametrize("name", ["weights", "bias", "parameters", "grads"])
    @pytest.mark.parametrize("depth", [1, 2, 3])
    def test_reads_and_writes_through(self, name, depth):
        """The four attributes are the wrapped layer's, to read and to assign, at any depth."""
        linear = wrapper = Linear(4, 3)
        for _ in range(depth):
            wrapper = LayerWrapper(wrapper)
        assert getattr(wrapper, name) is getattr(linear, name)

        value = {} if name in {"parameters", "grads"} else np.ones_like(getattr(linear, name))
        setattr(wrapper, name, value)
        assert getattr(linear, name) is value
        assert getattr(wrapper, name) is value
        assert not set(vars(wrapper)) - {"layer", "training"}

    def test_assigned_weights_are_used_and_learned(self, rng):
        """Weights assigned to the wrapper are the ones in `parameters` and in the forward pass."""
        wrapper = PassThrough(Linear(4, 3))
        wrapper.weights, wrapper.bias = rng.normal(size=(4, 3)), rng.normal(size=(1, 3))
        x = rng.normal(size=(5, 4))
        assert_close(wrapper(x), x @ wrapper.weights + wrapper.bias)
        assert wrapper.parameters["weights"] is wrapper.weights
        assert wrapper.parameters["bias"] is wrapper.bias

    def test_wrapping_leaves_the_layer_as_it_was(self, rng):
        """A layer that has run keeps its parameters and its gradients when it is wrapped."""
        linear = Linear(4, 3)
        linear(rng.normal(size=(5, 4)))
        linear.backward(rng.normal(size=(5, 3)))
        parameters, grads = dict(linear.parameters), dict(linear.grads)
        LayerWrapper(linear)
        assert linear.parameters.keys() == parameters.keys()
        assert all(linear.parameters[name] is value for name, value in parameters.items())
        assert all(linear.grads[name] is value for name, value in grads.items())
        assert grads

    def test_training_is_its_own(self):
        """The wrapper is in training mode at first, and its flag is not the wrapped layer's."""
        linear = Linear(4, 3)
        linear.training = False
        wrapper = LayerWrapper(linear)
        assert wrapper.training is True
        wrapper.training = False
        linear.training = True
        assert wrapper.training is False

    def test_penalty_passes_through(self):
        """Wrapped once more, a layer with a penalty keeps it; a plain Linear has none."""
        assert LayerWrapper(Linear(4, 3)).penalty() == 0
        assert LayerWrapper(LayerWrapper(Toll(Linear(4, 3), 0.25))).penalty() == 0.25

"""The given framework computes what PyTorch computes, and says what is wrong with its input."""

import sys
from pathlib import Path

import numpy as np
import pytest
import torch

SOURCE = Path(__file__).resolve().parents[1] / "source" / "dropout_l2"
sys.path.insert(0, str(SOURCE))

from activations import LeakyReLU, ReLU, Sigmoid, Softmax, Tanh  # noqa: E402
from layers import Layer, LayerWrapper, Linear  # noqa: E402
from losses import CrossEntropy, MSELoss  # noqa: E402
from model import Model  # noqa: E402

# Warnings are errors: "stable" means that nothing overflows on the way.
pytestmark = pytest.mark.filterwarnings("error")

SHAPES = [(1, 1), (1, 6), (5, 1), (4, 4), (7, 3)]

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
LOSSES = {
    "CrossEntropy": (CrossEntropy, torch.nn.CrossEntropyLoss()),
    "MSELoss": (MSELoss, torch.nn.MSELoss()),
}
each_activation = pytest.mark.parametrize(
    ("make", "reference"), ACTIVATIONS.values(), ids=ACTIVATIONS.keys()
)
each_loss = pytest.mark.parametrize(("make", "reference"), LOSSES.values(), ids=LOSSES.keys())
each_activation_alone = pytest.mark.parametrize("make", [ReLU, LeakyReLU, Tanh, Softmax, Sigmoid])
each_loss_alone = pytest.mark.parametrize("make", [CrossEntropy, MSELoss])
each_shape = pytest.mark.parametrize("shape", SHAPES, ids=str)


class PassThrough(LayerWrapper):
    """The least that a subclass of LayerWrapper can be."""

    def __call__(self, x):
        return self.layer(x)

    def backward(self, grad_output):
        return self.layer.backward(grad_output)


class Toll(PassThrough):
    """A wrapper with a penalty, whatever the weights are."""

    def __init__(self, layer, toll):
        super().__init__(layer)
        self.toll = toll

    def penalty(self):
        return self.toll


@pytest.fixture
def rng():
    return np.random.default_rng(74)


def tensor(array):
    """A leaf of PyTorch's graph that shares no memory with the array."""
    return torch.tensor(array, dtype=torch.float64, requires_grad=True)


def one_hot(rng, shape):
    n, classes = shape
    return np.eye(classes)[rng.integers(classes, size=n)]


def assert_close(actual, expected):
    """Equal in shape and to 1e-10, far above rounding and far below any wrong formula."""
    expected = expected.detach().numpy() if isinstance(expected, torch.Tensor) else expected
    assert actual.dtype == np.float64
    assert actual.shape == expected.shape
    np.testing.assert_allclose(actual, expected, rtol=1e-10, atol=1e-10)


def torch_linear(layer):
    """The layer's twin, in PyTorch's layout."""
    twin = torch.nn.Linear(*layer.weights.shape, dtype=torch.float64)
    with torch.no_grad():
        twin.weight.copy_(torch.tensor(layer.weights.T))
        twin.bias.copy_(torch.tensor(layer.bias[0]))
    return twin


def network(rng):
    """Three layers that learn, one of them wrapped twice, and activations between them."""
    return Model(
        [Linear(6, 5), Tanh(), PassThrough(PassThrough(Linear(5, 4))), LeakyReLU(), Linear(4, 3)]
    ), rng.normal(size=(7, 6))


def torch_network(model):
    first, _, middle, _, last = model.layers
    return torch.nn.Sequential(
        torch_linear(first),
        torch.nn.Tanh(),
        torch_linear(middle),
        torch.nn.LeakyReLU(),
        torch_linear(last),
    )


def torch_gradients(twin):
    """What Model.backward returns, read from PyTorch: a dict for each layer, in our layout."""
    return [
        {"weights": step.weight.grad.numpy().T, "bias": step.bias.grad.numpy()[None]}
        if isinstance(step, torch.nn.Linear)
        else {}
        for step in twin
    ]


def test_the_framework_under_test_is_the_one_in_source():
    """No other folder's `layers`, `activations`, `losses` or `model` is tested by accident."""
    for exported in (Linear, ReLU, CrossEntropy, Model):
        assert Path(sys.modules[exported.__module__].__file__).is_relative_to(SOURCE)


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


class TestActivations:
    @each_shape
    @each_activation
    def test_equal_pytorch(self, rng, make, reference, shape):
        """y and dL/dx equal PyTorch's, and there is nothing to learn."""
        activation, x, grad_output = make(), rng.normal(size=shape) * 3, rng.normal(size=shape)
        x_torch = tensor(x)
        y_torch = reference(x_torch)
        assert_close(activation(x), y_torch)

        y_torch.backward(torch.tensor(grad_output))
        assert_close(activation.backward(grad_output), x_torch.grad)
        assert (activation.parameters, activation.grads, activation.penalty()) == ({}, {}, 0)

    @each_activation
    def test_equal_pytorch_at_zero_and_at_large_x(self, make, reference):
        """At the kink, and where exp would overflow, y and dL/dx equal PyTorch's, unwarned."""
        x = np.array([[0.0, -0.0, 1e4, -1e4, 40.0, -40.0], [-1e300, 800.0, 0.0, -800.0, 1e300, 3]])
        grad_output = np.array([[1.0, 2, 3, 4, 5, 6], [6.0, 5, 4, 3, 2, 1]])
        activation, x_torch = make(), tensor(x)
        y_torch = reference(x_torch)
        assert_close(activation(x), y_torch)
        y_torch.backward(torch.tensor(grad_output))
        assert_close(activation.backward(grad_output), x_torch.grad)

    @each_activation
    def test_backward_belongs_to_the_latest_forward(self, rng, make, reference):
        """After two forward passes, the gradient is that of the second x."""
        activation, x, grad_output = make(), rng.normal(size=(5, 4)), rng.normal(size=(5, 4))
        activation(rng.normal(size=(2, 3)))
        activation(x)
        x_torch = tensor(x)
        reference(x_torch).backward(torch.tensor(grad_output))
        assert_close(activation.backward(grad_output), x_torch.grad)
        assert_close(activation.backward(grad_output), x_torch.grad)

    @each_activation
    def test_gradient_survives_changes_to_the_output(self, rng, make, reference):
        """A layer that works in place on y does not spoil the gradient of the layer before it."""
        activation, x, grad_output = make(), rng.normal(size=(5, 4)), rng.normal(size=(5, 4))
        y = activation(x)
        y *= 0
        x_torch = tensor(x)
        reference(x_torch).backward(torch.tensor(grad_output))
        assert_close(activation.backward(grad_output), x_torch.grad)

    @each_activation_alone
    def test_x_must_be_two_dimensional(self, make):
        """A single example without its batch axis is refused."""
        with pytest.raises(ValueError, match=r"^x must have shape \(N, C\), got x\.shape=\(3,\)$"):
            make()(np.ones(3))

    @each_activation_alone
    def test_grad_output_must_have_the_shape_of_y(self, make):
        """A grad_output that would broadcast is refused."""
        activation = make()
        activation(np.ones((5, 3)))
        with pytest.raises(
            ValueError,
            match=r"^grad_output must have shape \(5, 3\), got grad_output\.shape=\(1, 3\)$",
        ):
            activation.backward(np.ones((1, 3)))

    @each_activation_alone
    def test_backward_needs_a_forward_pass(self, make):
        """Without a forward pass there is no x to compute the gradient at."""
        name = type(make()).__name__
        with pytest.raises(
            RuntimeError, match=rf"^a forward pass must come before {name}\.backward, got none$"
        ):
            make().backward(np.ones((5, 3)))

    def test_leaky_relu_has_pytorchs_slope_by_default(self):
        """LeakyReLU() has the slope 0.01."""
        np.testing.assert_array_equal(LeakyReLU()(np.array([[-100.0, 100.0]])), [[-1.0, 100.0]])

    def test_sigmoid_keeps_its_small_values(self):
        """sigmoid(-100) is exp(-100), not 0."""
        np.testing.assert_allclose(
            Sigmoid()(np.array([[-100.0, -700.0]])), np.exp([[-100.0, -700.0]]), rtol=1e-12, atol=0
        )

    def test_softmax_rows_are_probabilities_whatever_their_level(self, rng):
        """Each row sums to 1, and adding a constant to a row of x does not change it."""
        x = rng.normal(size=(5, 4))
        y = Softmax()(x)
        assert_close(y.sum(axis=1), np.ones(5))
        assert_close(Softmax()(x + 1e4 * np.arange(-2, 3)[:, None]), y)

    @pytest.mark.parametrize("shape", [(1, 6), (3, 4)], ids=str)
    def test_softmax_backward_is_the_full_jacobian(self, rng, shape):
        """Row by row of grad_output's basis, backward gives every entry of PyTorch's Jacobian."""
        x = rng.normal(size=shape)
        jacobian = torch.autograd.functional.jacobian(lambda x: torch.softmax(x, 1), tensor(x))
        softmax = Softmax()
        softmax(x)
        for index in np.ndindex(shape):  # dL/dy is 1 at the index and 0 elsewhere
            grad_output = np.zeros(shape)
            grad_output[index] = 1.0
            assert_close(softmax.backward(grad_output), jacobian[index])


class TestLosses:
    @each_shape
    @each_loss
    def test_equal_pytorch(self, rng, make, reference, shape):
        """The loss is PyTorch's, as a float, and so is its gradient."""
        criterion, out, y_true = make(), rng.normal(size=shape) * 3, one_hot(rng, shape)
        out_torch = tensor(out)
        loss_torch = reference(out_torch, torch.tensor(y_true))
        loss = criterion(out, y_true)
        assert type(loss) is float
        assert loss == pytest.approx(loss_torch.item(), rel=1e-10, abs=1e-10)

        loss_torch.backward()
        assert_close(criterion.grad(), out_torch.grad)

    def test_mse_takes_any_targets(self, rng):
        """Targets of MSELoss are real numbers, and their sign relative to out matters."""
        out, y_true = rng.normal(size=(5, 3)), rng.normal(size=(5, 3)) * 10
        criterion, out_torch = MSELoss(), tensor(out)
        loss_torch = torch.nn.functional.mse_loss(out_torch, torch.tensor(y_true))
        loss_torch.backward()
        assert criterion(out, y_true) == pytest.approx(loss_torch.item(), rel=1e-10)
        assert_close(criterion.grad(), out_torch.grad)

    @pytest.mark.parametrize("scale", [1e3, 1e10, 1e300], ids=str)
    def test_cross_entropy_is_stable(self, rng, scale):
        """For logits where exp overflows, loss and gradient equal PyTorch's, unwarned."""
        out, y_true = rng.normal(size=(6, 4)) * scale, one_hot(rng, (6, 4))
        criterion, out_torch = CrossEntropy(), tensor(out)
        loss_torch = torch.nn.functional.cross_entropy(out_torch, torch.tensor(y_true))
        loss_torch.backward()
        assert np.isfinite(criterion(out, y_true))
        assert criterion(out, y_true) == pytest.approx(loss_torch.item(), rel=1e-10)
        assert_close(criterion.grad(), out_torch.grad)

    def test_cross_entropy_of_equal_logits_is_log_classes(self):
        """A network that knows nothing pays log(10) for ten classes."""
        out, y_true = np.full((2, 10), 3.0), np.eye(10)[[4, 1]]
        assert CrossEntropy()(out, y_true) == pytest.approx(np.log(10), rel=1e-12)

    @each_loss
    def test_grad_belongs_to_the_latest_loss(self, rng, make, reference):
        """grad() may be called again, and changing what it returned does not change it."""
        criterion, out, y_true = make(), rng.normal(size=(5, 3)), one_hot(rng, (5, 3))
        criterion(rng.normal(size=(2, 4)), one_hot(rng, (2, 4)))
        criterion(out, y_true)
        out_torch = tensor(out)
        reference(out_torch, torch.tensor(y_true)).backward()
        grad = criterion.grad()
        grad *= 0
        assert_close(criterion.grad(), out_torch.grad)

    @each_loss_alone
    def test_targets_must_have_the_shape_of_out(self, make):
        """Class numbers instead of one-hot rows, or another shape, are refused."""
        with pytest.raises(
            ValueError, match=r"^y_true must have shape \(2, 10\), got y_true\.shape=\(2,\)$"
        ):
            make()(np.ones((2, 10)), np.array([4, 1]))
        with pytest.raises(ValueError, match=r"^y_true must .* got y_true\.shape=\(1, 10\)$"):
            make()(np.ones((2, 10)), np.ones((1, 10)))

    @each_loss_alone
    def test_out_must_be_two_dimensional(self, make):
        """An output without its batch axis is refused."""
        with pytest.raises(
            ValueError, match=r"^out must have shape \(N, C\), got out\.shape=\(10,\)$"
        ):
            make()(np.ones(10), np.ones(10))

    @each_loss_alone
    def test_grad_needs_a_loss(self, make):
        """Without a loss there is no gradient."""
        name = make.__name__
        with pytest.raises(
            RuntimeError, match=rf"^a forward pass must come before {name}\.grad, got none$"
        ):
            make().grad()


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


class TestModel:
    def test_equals_pytorch(self, rng):
        """The output and each layer's gradients equal PyTorch's, in the order of the layers."""
        model, x = network(rng)
        twin, y_true = torch_network(model), one_hot(rng, (7, 3))
        out, out_torch = model.forward(x), twin(torch.tensor(x))
        assert_close(out, out_torch)

        criterion = CrossEntropy()
        criterion(out, y_true)
        grads = model.backward(criterion.grad())
        torch.nn.functional.cross_entropy(out_torch, torch.tensor(y_true)).backward()
        expected = torch_gradients(twin)
        assert [set(g) for g in grads] == [set(g) for g in expected]
        for ours, theirs in zip(grads, expected, strict=True):
            for name in ours:
                assert_close(ours[name], theirs[name])

    @pytest.mark.parametrize("lr", [0.001, 0.7])
    def test_update_parameters_equals_pytorchs_sgd(self, rng, lr):
        """Two steps, on weights and biases, wrapped or not, end where torch.optim.SGD ends."""
        model, x = network(rng)
        twin, y_true = torch_network(model), rng.normal(size=(7, 3))
        optimizer, criterion = torch.optim.SGD(twin.parameters(), lr=lr), MSELoss()
        for _ in range(2):
            criterion(model.forward(x), y_true)
            model.update_parameters(model.backward(criterion.grad()), lr)
            optimizer.zero_grad()
            torch.nn.functional.mse_loss(twin(torch.tensor(x)), torch.tensor(y_true)).backward()
            optimizer.step()
        for i in (0, 2, 4):
            layer = model.layers[i]
            assert_close(layer.weights, twin[i].weight.T)
            assert_close(layer.bias, twin[i].bias[None])
            assert layer.parameters["weights"] is layer.weights
            assert layer.parameters["bias"] is layer.bias

    def test_update_parameters_changes_no_array_of_others(self, rng):
        """The weights before the step, and the gradients, stay as they were; lr is the factor."""
        linear, before = Linear(4, 3), rng.normal(size=(4, 3))
        before.flags.writeable = False
        linear.weights = before
        grads = [{"weights": rng.normal(size=(4, 3)), "bias": rng.normal(size=(1, 3))}]
        kept = grads[0]["weights"].copy()
        Model([linear]).update_parameters(grads, lr=0.5)
        np.testing.assert_array_equal(grads[0]["weights"], kept)
        assert_close(linear.weights, before - 0.5 * kept)

    def test_backward_reports_the_latest_gradients_only(self, rng):
        """A second backward returns new dicts, and the first one's stay as they were."""
        model, x = network(rng)
        grad = rng.normal(size=(7, 3))
        model.forward(x)
        first = model.backward(grad)
        kept = [{name: value.copy() for name, value in layer.items()} for layer in first]
        second = model.backward(3 * grad)
        for before, after, expected in zip(first, second, kept, strict=True):
            for name in expected:
                assert_close(before[name], expected[name])
                assert_close(after[name], 3 * expected[name])

    def test_train_and_eval_reach_every_layer(self):
        """Activations, wrappers and what lies in them, at any depth, follow the model's mode."""
        inner = Linear(4, 3)
        middle = LayerWrapper(inner)
        layers = [Linear(4, 4), ReLU(), LayerWrapper(middle), Tanh(), LayerWrapper(Linear(3, 2))]
        everyone = [*layers, middle, inner, layers[4].layer]
        model = Model(layers)
        assert all(layer.training is True for layer in everyone)
        model.eval()
        assert all(layer.training is False for layer in everyone)
        model.train()
        assert all(layer.training is True for layer in everyone)

    def test_penalty_is_the_sum_over_the_layers(self):
        """Each layer's penalty counts once, wrapped or not; without any it is 0.0."""
        layers = [Toll(Linear(4, 3), 0.5), ReLU(), LayerWrapper(Toll(Linear(3, 2), 0.25))]
        assert Model(layers).penalty() == 0.75
        assert type(Model([Linear(4, 3), ReLU()]).penalty()) is float
        assert Model([Linear(4, 3), ReLU()]).penalty() == 0.0

    def test_backward_needs_a_forward_pass(self):
        """Without a forward pass the last layer says so."""
        with pytest.raises(RuntimeError, match=r"^a forward pass must come before ReLU\.backward"):
            Model([Linear(4, 3), ReLU()]).backward(np.ones((5, 3)))

    @pytest.mark.parametrize(
        ("grads", "message"),
        [
            ([{}], r"^grads must hold one dict per layer, 2 in all, got 1$"),
            (
                [{"weights": np.ones((4, 3))}, {}],
                r"^grads\[0\] must hold 'bias', got \['weights'\]$",
            ),
            (
                [{"weights": np.ones((3, 4)), "bias": np.ones((1, 3))}, {}],
                r"^grads\[0\]\['weights'\] must have shape \(4, 3\), got .*\.shape=\(3, 4\)$",
            ),
            (
                [{"weights": np.ones((4, 3)), "bias": np.ones(3)}, {}],
                r"^grads\[0\]\['bias'\] must have shape \(1, 3\), got .*\.shape=\(3,\)$",
            ),
        ],
        ids=["one dict too few", "no bias", "transposed weights", "flat bias"],
    )
    def test_grads_must_fit_the_parameters(self, grads, message):
        """A gradient that is missing, or that would broadcast, is refused by name."""
        with pytest.raises(ValueError, match=message):
            Model([Linear(4, 3), ReLU()]).update_parameters(grads, lr=0.1)


@pytest.mark.parametrize(
    "make", [lambda: Linear(4, 4), *(make for make, _ in ACTIVATIONS.values())]
)
def test_layers_leave_their_arguments_alone(rng, make):
    """A forward and a backward pass change neither x nor grad_output, and return new arrays."""
    layer, x, grad_output = make(), rng.normal(size=(5, 4)), rng.normal(size=(5, 4))
    x.flags.writeable = grad_output.flags.writeable = False
    y = layer(x)
    grad_input = layer.backward(grad_output)
    assert not np.shares_memory(y, x)
    assert not np.shares_memory(grad_input, grad_output)


@each_loss_alone
def test_losses_leave_their_arguments_alone(rng, make):
    """A loss and its gradient change neither the output nor the targets."""
    out, y_true = rng.normal(size=(5, 4)), one_hot(rng, (5, 4))
    out.flags.writeable = y_true.flags.writeable = False
    criterion = make()
    criterion(out, y_true)
    criterion.grad()

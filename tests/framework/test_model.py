"""A model of layers runs, learns and reports its gradients as PyTorch's does."""

import numpy as np
import pytest
import torch

from activations import LeakyReLU, ReLU, Tanh
from layers import LayerWrapper, Linear
from losses import CrossEntropy, MSELoss
from model import Model
from tests.framework.batch import one_hot
from tests.framework.pytorch import assert_close, torch_linear
from tests.framework.wrappers import PassThrough, Toll

# warnings are errors: "stable" means that nothing overflows on the way
pytestmark = pytest.mark.filterwarnings("error")


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


def test_equals_pytorch(rng):
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
def test_update_parameters_equals_pytorchs_sgd(rng, lr):
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


def test_update_parameters_changes_no_array_of_others(rng):
    """The weights before the step, and the gradients, stay as they were; lr is the factor."""
    linear, before = Linear(4, 3), rng.normal(size=(4, 3))
    before.flags.writeable = False
    linear.weights = before
    grads = [{"weights": rng.normal(size=(4, 3)), "bias": rng.normal(size=(1, 3))}]
    kept = grads[0]["weights"].copy()
    Model([linear]).update_parameters(grads, lr=0.5)
    np.testing.assert_array_equal(grads[0]["weights"], kept)
    assert_close(linear.weights, before - 0.5 * kept)


def test_backward_reports_the_latest_gradients_only(rng):
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


def test_train_and_eval_reach_every_layer():
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


def test_penalty_is_the_sum_over_the_layers():
    """Each layer's penalty counts once, wrapped or not; without any it is 0.0."""
    layers = [Toll(Linear(4, 3), 0.5), ReLU(), LayerWrapper(Toll(Linear(3, 2), 0.25))]
    assert Model(layers).penalty() == 0.75
    assert type(Model([Linear(4, 3), ReLU()]).penalty()) is float
    assert Model([Linear(4, 3), ReLU()]).penalty() == 0.0


def test_backward_needs_a_forward_pass():
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
def test_grads_must_fit_the_parameters(grads, message):
    """A gradient that is missing, or that would broadcast, is refused by name."""
    with pytest.raises(ValueError, match=message):
        Model([Linear(4, 3), ReLU()]).update_parameters(grads, lr=0.1)

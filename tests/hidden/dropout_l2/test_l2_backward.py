"""The backward pass of L2 regularization: PyTorch's gradient of the loss plus the penalty."""

from itertools import cycle, product
from typing import Any, NamedTuple

import numpy as np
import pytest

from autograder.kit import StudentError, expect, oracle, together

COEFFICIENTS = [(0.02, 0.4), (1.2, 9.0)]


class Step(NamedTuple):
    """One forward and backward pass: the student's gradients, and PyTorch's."""

    grad_input: Any
    grads: Any
    expected: dict[str, np.ndarray]
    data_only: np.ndarray
    where: str

    def gradient(self, name: str) -> np.ndarray:
        """Return one gradient, whatever is wrong with the others."""
        shape = self.expected[name].shape
        if name == "x":
            return expect.array(self.grad_input, shape, "grad_input", self.where)
        return expect.entry(self.grads, name, shape, self.where)

    def assert_equals_pytorch(self, *names: str) -> None:
        for name in names:
            title = "grad_input" if name == "x" else f'grads["{name}"]'
            expect.close(self.gradient(name), self.expected[name], title, self.where)


@pytest.fixture
def some_coefficient(rng):
    return round(rng.uniform(0.1, 2.0), 3)


def loss(x, weights, bias, coefficient, grad_output):
    return ((x @ weights + bias) * grad_output).sum() + coefficient * (weights**2).sum()


def closed_form(x, weights, bias, coefficient, grad_output):
    return {
        "x": grad_output @ weights.T,
        "weights": x.T @ grad_output + 2 * coefficient * weights,
        "bias": grad_output.sum(axis=0, keepdims=True),
    }


def forward(layer, known, x):
    """Make a forward pass, and take the parameters after it."""
    asked = together(layer, lambda: layer(x.copy()), lambda: known.layer.parameters)
    next(asked)
    known.take(next(asked))


def backward(layer, known, x, coefficient, grad_output, made=None):
    """Make a forward and a backward pass."""
    asked = together(
        layer,
        lambda: layer(x.copy()),
        lambda: known.layer.parameters,
        lambda: layer.backward(grad_output.copy()),
        lambda: layer.grads,
    )
    next(asked)
    known.take(next(asked))
    return judge(asked, known, x, coefficient, grad_output, made)


def answers(layer, grad_input):
    yield grad_input
    yield layer.grads


def judge(asked, known, x, coefficient, grad_output, made=None):
    made = made or f"L2regularization(coefficient={coefficient})"
    where = f"{made}.backward{known.given(x=x, grad_output=grad_output)}"
    grad_input = next(asked)
    try:
        grads = next(asked)
    except (AttributeError, StudentError):  # a class of its own may leave them to the layer
        grads = known.layer.grads
    wrt = {"x": x, "weights": known.weights, "bias": known.bias}
    constants = {"coefficient": coefficient, "grad_output": grad_output}
    return Step(
        grad_input,
        grads,
        oracle.gradients(loss, closed_form, wrt, **constants),
        x.T @ grad_output,
        where,
    )


@pytest.fixture
def steps(submission, linear, numbers, cases, once):
    """One step with a new layer of each kind of sizes."""

    def take():
        for (rows, in_features, out_features), coefficient in cases(COEFFICIENTS):
            known = linear(in_features, out_features)
            layer = submission.L2regularization(known.layer, coefficient=coefficient)
            x, grad_output = numbers(rows, in_features), numbers(rows, out_features)
            yield backward(layer, known, x, coefficient, grad_output)

    return once("steps", lambda: list(take()))


@pytest.mark.essential
@pytest.mark.criterion("weights")
def test_penalty_enters_the_weights_gradient(steps):
    """The gradient of the weights is not that of the data alone: the penalty enters it."""
    for done in steps:
        assert done.gradient("weights").any(), f'grads["weights"] is zero [{done.where}]'
        assert not np.allclose(done.gradient("weights"), done.data_only), (
            f'grads["weights"] is the gradient of the data alone [{done.where}]'
        )


@pytest.mark.criterion("weights")
def test_weights_gradient_equals_pytorch(steps):
    """The gradient of the weights equals PyTorch's for the loss plus the penalty."""
    for done in steps:
        done.assert_equals_pytorch("weights")


@pytest.mark.criterion("others")
def test_bias_gradient_equals_pytorch(steps):
    """The gradient of the bias is that of the data alone, as PyTorch has it."""
    for done in steps:
        done.assert_equals_pytorch("bias")


@pytest.mark.criterion("others")
def test_grad_input_equals_pytorch(steps):
    """The gradient with respect to x is the wrapped layer's own, as PyTorch has it."""
    for done in steps:
        done.assert_equals_pytorch("x")


@pytest.mark.criterion("weights")
def test_penalty_gradient_is_right_for_all_weights(submission, linear, numbers, rng):
    """The penalty's part is right for each weight alone, small or large, for small coefficients too."""
    # it is linear in the weights: what holds for a basis and a sum holds for all weights; and
    # without grad_output it stands alone
    coefficient = round(10 ** rng.uniform(-5, -4), 7)
    known = linear(3, 2)
    layer = submission.L2regularization(known.layer, coefficient=coefficient)
    basis = [np.zeros((3, 2)) for _ in range(6)]
    for unit, place, size in zip(basis, product(range(3), range(2)), cycle([1e-3, 1, -1e3])):
        unit[place] = size
    for weights in [*basis, sum(basis)]:
        known.set_weights(weights)
        done = backward(layer, known, numbers(4, 3), coefficient, np.zeros((4, 2)))
        done.assert_equals_pytorch("weights", "bias", "x")


@pytest.mark.criterion("anew")
def test_gradients_belong_to_the_present_step(submission, linear, numbers, some_coefficient):
    """Each backward pass sets the gradients anew, for the weights and the data of that step."""
    known = linear(5, 7)
    layer = submission.L2regularization(known.layer, coefficient=some_coefficient)
    for rows in (4, 4, 3):
        known.set_weights(numbers(5, 7))
        done = backward(layer, known, numbers(rows, 5), some_coefficient, numbers(rows, 7))
    done.assert_equals_pytorch("weights", "bias", "x")


@pytest.mark.criterion("keeps")
def test_two_layers_do_not_disturb_each_other(submission, linear, numbers, rng):
    """Two layers in one network have coefficients and gradients of their own."""
    coefficients = [round(rng.uniform(low, low + 1), 3) for low in (0.1, 2.0)]
    both = [linear(4, 6), linear(4, 6)]
    layers = [
        submission.L2regularization(known.layer, coefficient=coefficient)
        for known, coefficient in zip(both, coefficients, strict=True)
    ]
    xs, grad_outputs = zip(*((numbers(3, 4), numbers(3, 6)) for _ in both), strict=True)
    for each in zip(layers, both, xs, strict=True):
        forward(*each)
    grad_inputs = [
        layer.backward(grad_output.copy())
        for layer, grad_output in zip(layers, grad_outputs, strict=True)
    ]
    asked = [
        answers(layer, grad_input) for layer, grad_input in zip(layers, grad_inputs, strict=True)
    ]
    for each in zip(asked, both, xs, coefficients, grad_outputs, strict=True):
        judge(*each).assert_equals_pytorch("weights", "bias", "x")


@pytest.mark.criterion("anew")
def test_gradients_are_the_same_in_evaluation(submission, linear, numbers, some_coefficient):
    """The gradients do not depend on whether the layer is training."""
    known = linear(4, 3)
    layer = submission.L2regularization(known.layer, coefficient=some_coefficient)
    x = numbers(5, 4)  # the same: what the forward pass does in evaluation is judged elsewhere
    for training in (True, False, True):
        layer.training = training
        done = backward(layer, known, x, some_coefficient, numbers(5, 3))
        done.assert_equals_pytorch("weights", "bias", "x")


@pytest.mark.criterion("anew")
def test_asking_for_the_penalty_changes_no_gradient(
    submission, linear, numbers, attempt, some_coefficient
):
    """The gradients are the same whether penalty() has been called before or not."""
    known = linear(4, 3)
    layer = submission.L2regularization(known.layer, coefficient=some_coefficient)
    backward(layer, known, numbers(5, 4), some_coefficient, numbers(5, 3))
    for _ in range(2):
        attempt(layer, "penalty")
        known.set_weights(numbers(4, 3))  # what penalty() does to them is judged elsewhere
        done = backward(layer, known, numbers(5, 4), some_coefficient, numbers(5, 3))
    done.assert_equals_pytorch("weights")


@pytest.mark.criterion("weights")
def test_zero_coefficient_leaves_the_data_gradient(submission, linear, numbers):
    """With coefficient 0 the gradients are the plain layer's."""
    known = linear(3, 2)
    layer = submission.L2regularization(known.layer, coefficient=0.0)
    done = backward(layer, known, numbers(2, 3), 0.0, numbers(2, 2))
    done.assert_equals_pytorch("weights", "x")


@pytest.mark.criterion("keeps")
def test_default_coefficient_is_one_hundredth(submission, linear, numbers):
    """Without a coefficient, 0.01 is taken."""
    known = linear(3, 2)
    layer = submission.L2regularization(known.layer)
    x, grad_output = numbers(2, 3), numbers(2, 2)
    done = backward(layer, known, x, 0.01, grad_output, "L2regularization()")
    done.assert_equals_pytorch("weights")


@pytest.mark.criterion("keeps")
def test_backward_leaves_its_arguments_untouched(submission, linear, numbers, some_coefficient):
    """The backward pass changes neither grad_output nor the weights nor the bias."""
    where = f"L2regularization(coefficient={some_coefficient}).backward"
    known = linear(4, 6)
    layer = submission.L2regularization(known.layer, coefficient=some_coefficient)
    forward(layer, known, numbers(3, 4))
    grad_output = numbers(3, 6)
    before = grad_output.copy()
    layer.backward(grad_output)
    expect.untouched(grad_output, before, "grad_output", where)
    known.assert_untouched(where)


@pytest.fixture
def watch(submission, linear, numbers):
    """A function that makes a layer, and one that takes a step with it and returns the gradients."""

    def make(*coefficient, sizes=(5, 4, 2)):
        rows, in_features, out_features = sizes
        known = linear(in_features, out_features)
        named = dict(zip(["coefficient"], coefficient, strict=False))
        layer = submission.L2regularization(known.layer, **named)

        def take(grad_output=None):
            x = numbers(rows, in_features)
            grad_output = numbers(rows, out_features) if grad_output is None else grad_output
            done = backward(layer, known, x, 0.3, grad_output)
            return {name: done.gradient(name) for name in ("x", "weights", "bias")}

        return known, layer, take

    return make


def observe_gradients(watch):
    return [take() for *_, take in (watch(0.0), watch(0.3), watch(5.0))]


def observe_default(watch):
    known, _, take = watch()
    decay = take(np.zeros((5, 2)))["weights"]
    return "0.01" if np.allclose(decay, 0.02 * known.weights) else "another"


def observe_later_steps(watch, numbers, attempt):
    known, layer, take = watch(0.3)
    seen = [take()]
    known.set_weights(numbers(4, 2))
    seen.append(take())
    attempt(layer, "penalty")
    seen.append(take())
    return seen


def observe_what_penalty_does_to_grads(watch, attempt):
    _, layer, take = watch(0.3)
    before = take()["weights"]
    attempt(layer, "penalty")
    return np.allclose(expect.entry(layer.grads, "weights", before.shape, ""), before)


def observe_gradients_of_the_penalty_alone(watch):
    _, _, take = watch(0.3)
    return take(np.zeros((5, 2)))


def observe_sizes(watch):
    sizes = [(1, 2, 3), (2, 1, 3), (3, 2, 1), (2, 2, 2)]
    return [take() for *_, take in (watch(0.3, sizes=each) for each in sizes)]


def observe_evaluation(watch):
    _, layer, take = watch(0.3)
    layer.training = False
    return take()


def observe_two_layers(watch):
    both = [watch(coefficient) for coefficient in (0.3, 5.0)]
    taken = [take() for *_, take in both]
    now = [layer.grads["weights"] for _, layer, _ in both]
    return taken, now


def observe_changes_in_place(watch, numbers):
    known, layer, _ = watch(0.3)
    forward(layer, known, numbers(5, 4))
    grad_output = numbers(5, 2)
    before = grad_output.copy()
    layer.backward(grad_output)
    weights, bias = known.present("")
    pairs = [(grad_output, before), (weights, known.weights), (bias, known.bias)]
    return [np.array_equal(*pair) for pair in pairs]

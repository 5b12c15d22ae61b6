"""The forward pass of L2 regularization: the layer's own output, and the penalty."""

from dataclasses import replace
from functools import partial
from itertools import combinations_with_replacement, cycle

import numpy as np
import pytest

from autograder.kit import expect, together

COEFFICIENTS = [(0.02, 0.4), (1.2, 9.0)]


@pytest.fixture
def coefficient(rng):
    return round(rng.uniform(0.05, 0.4), 3)


@pytest.fixture
def where(coefficient):
    return f"L2regularization(coefficient={coefficient})"


def assert_right(penalty, weights, coefficient, where, when=""):
    where = f"{where}.penalty{expect.given(weights=weights)}{when}"
    penalty = expect.number(penalty, "penalty", where)
    expect.close(penalty, coefficient * float((weights**2).sum()), "penalty", where)


def ask_penalty(layer, x):
    """Ask for the penalty after a forward pass."""
    asked = together(layer, lambda: layer(x.copy()), layer.penalty)
    next(asked)
    return next(asked)


@pytest.mark.essential
@pytest.mark.criterion("penalty")
def test_penalty_grows_with_the_weights(submission, linear, numbers, coefficient, where):
    """The penalty is a number above zero, and larger weights give a larger penalty."""
    known = linear(4, 6)
    layer = submission.L2regularization(known.layer, coefficient=coefficient)
    small = expect.number(ask_penalty(layer, numbers(3, 4)), "penalty", f"{where}.penalty")
    assert small > 0, f"penalty={small:.6g}, but should be above zero [{where}]"
    known.set_weights(known.weights * 3)
    large = expect.number(ask_penalty(layer, numbers(3, 4)), "penalty", f"{where}.penalty")
    assert large > small, (
        f"three times the weights give penalty={large:.6g}, "
        f"not more than penalty={small:.6g} before [{where}]"
    )


@pytest.mark.criterion("output")
def test_output_is_the_layers_output(submission, linear, numbers, cases):
    """The output is layer(x), unchanged, in training and in evaluation."""
    for (rows, in_features, out_features), coefficient in cases(COEFFICIENTS):
        known = linear(in_features, out_features)
        layer = submission.L2regularization(known.layer, coefficient=coefficient)
        x, weights = numbers(rows, in_features), known.weights

        def evaluate(layer=layer, known=known, x=x):
            layer.training = False
            known.set_weights(2 - known.weights)
            return layer(x.copy())

        asked = together(layer, partial(layer, x.copy()), partial(layer, 100 * x), evaluate)
        for y, training, size in zip(asked, (True, True, False), (1, 100, 1), strict=True):
            present = replace(known, weights=weights if training else 2 - weights)
            where = f"L2regularization(coefficient={coefficient}), training={training}"
            where += present.given(x=size * x)
            expect.close(y, present.output(size * x), "output", where)


@pytest.mark.criterion("penalty")
def test_penalty_is_coefficient_times_sum_of_squares(submission, linear, numbers, cases):
    """The penalty is coefficient * sum(weights ** 2), in training and in evaluation."""
    for (rows, in_features, out_features), coefficient in cases(COEFFICIENTS):
        known = linear(in_features, out_features)
        layer = submission.L2regularization(known.layer, coefficient=coefficient)
        where = f"L2regularization(coefficient={coefficient})"
        x = numbers(rows, in_features)

        def evaluate(layer=layer, x=x):
            layer.training = False
            return layer(x.copy())

        asked = together(layer, partial(layer, x.copy()), layer.penalty, evaluate, layer.penalty)
        for training in (True, False):
            next(asked)
            assert_right(next(asked), known.weights, coefficient, where, f", training={training}")


@pytest.mark.criterion("penalty")
def test_penalty_is_right_for_all_weights(submission, linear, numbers, coefficient, where):
    """The penalty is right for each weight alone and for each two together, small or large."""
    # it is a quadratic form of the weights: these determine it for all weights
    known = linear(2, 3)
    layer = submission.L2regularization(known.layer, coefficient=coefficient)
    layer(numbers(4, 2))
    sizes = cycle([1e-3, 1.0, 1e3])
    all_weights = []
    for (i, j), size in zip(combinations_with_replacement(range(6), 2), sizes, strict=False):
        weights = np.zeros(6)
        weights[i] += size
        weights[j] -= 2 * size
        all_weights.append(weights.reshape(2, 3))

    def ask(weights):
        known.set_weights(weights)
        return layer.penalty()

    penalties = together(layer, *(partial(ask, weights) for weights in all_weights))
    for weights, penalty in zip(all_weights, penalties, strict=True):
        assert_right(penalty, weights, coefficient, where)


@pytest.mark.criterion("penalty")
def test_penalty_is_proportional_to_the_coefficient(submission, linear, numbers):
    """The penalty is proportional to the coefficient, and zero when it is zero."""
    known = linear(5, 3)
    for coefficient in (0.0, 0.003, 1.7, 20.0):
        layer = submission.L2regularization(known.layer, coefficient=coefficient)
        where = f"L2regularization(coefficient={coefficient})"
        assert_right(ask_penalty(layer, numbers(2, 5)), known.weights, coefficient, where)


@pytest.mark.criterion("keeps")
def test_default_coefficient_is_one_hundredth(submission, linear, numbers):
    """Without a coefficient, 0.01 is taken."""
    known = linear(5, 3)
    layer = submission.L2regularization(known.layer)
    penalty = ask_penalty(layer, numbers(2, 5))
    assert_right(penalty, known.weights, 0.01, "L2regularization()")


@pytest.mark.criterion("penalty")
def test_bias_is_not_penalised(submission, linear, numbers, coefficient, where):
    """The bias does not enter the penalty."""
    known = linear(4, 6)
    layer = submission.L2regularization(known.layer, coefficient=coefficient)
    x = numbers(3, 4)
    before = expect.number(ask_penalty(layer, x), "penalty", f"{where}.penalty")
    known.layer.bias = numbers(1, 6) * 10
    after = expect.number(ask_penalty(layer, x), "penalty", f"{where}.penalty")
    # of the size of the right penalty: next to a larger number, no bias would show
    assert abs(after - before) <= expect.TOLERANCE * coefficient * (known.weights**2).sum(), (
        f"another bias changed the penalty from {before:.6g} to {after:.6g} [{where}.penalty]"
    )


@pytest.mark.criterion("now")
def test_penalty_follows_the_present_weights(submission, linear, numbers, coefficient, where):
    """The penalty is that of the weights as they are now, without another forward pass."""
    known = linear(4, 6)
    layer = submission.L2regularization(known.layer, coefficient=coefficient)
    layer(numbers(3, 4))
    for _ in range(2):
        known.set_weights(numbers(4, 6))
        assert_right(layer.penalty(), known.weights, coefficient, where)


@pytest.mark.criterion("now")
def test_penalty_stays_right_while_training(
    submission, linear, numbers, attempt, coefficient, where
):
    """The penalty is right before and after backward passes alike."""
    known = linear(4, 6)
    layer = submission.L2regularization(known.layer, coefficient=coefficient)
    for _ in range(3):
        layer(numbers(3, 4))
        attempt(layer, "backward", numbers(3, 6))
        known.set_weights(numbers(4, 6))  # what backward() does to them is judged elsewhere
        assert_right(layer.penalty(), known.weights, coefficient, where)


@pytest.mark.criterion("keeps")
def test_two_layers_do_not_disturb_each_other(submission, linear, numbers, rng):
    """Two layers in one network have coefficients and penalties of their own."""
    coefficients = [round(rng.uniform(low, low + 1), 3) for low in (0.1, 2.0)]
    both = [linear(4, 6), linear(4, 6)]
    layers = [
        submission.L2regularization(known.layer, coefficient=coefficient)
        for known, coefficient in zip(both, coefficients, strict=True)
    ]
    for layer in layers:
        layer(numbers(3, 4))
    for layer, known, coefficient in zip(layers, both, coefficients, strict=True):
        where = f"L2regularization(coefficient={coefficient})"
        assert_right(layer.penalty(), known.weights, coefficient, where)


@pytest.mark.criterion("keeps")
def test_forward_leaves_its_arguments_untouched(submission, linear, numbers, coefficient, where):
    """Neither the forward pass nor the penalty changes x or the layer's parameters."""
    known = linear(4, 6)
    layer = submission.L2regularization(known.layer, coefficient=coefficient)
    x = numbers(3, 4)
    before = x.copy()
    layer(x)
    layer.penalty()
    expect.untouched(x, before, "x", where)
    known.assert_untouched(where)


@pytest.fixture
def watch(submission, linear):
    """A function that makes a layer of fixed sizes."""

    def make(*coefficient, sizes=(4, 2)):
        known = linear(*sizes)
        named = dict(zip(["coefficient"], coefficient, strict=False))
        return known, submission.L2regularization(known.layer, **named)

    return make


@pytest.mark.parametrize("training", [True, False])
def observe_output(watch, numbers, training):
    known, layer = watch(0.3)
    layer.training = training
    seen = []
    for _ in range(2):
        x = numbers(2, 4)
        y = expect.array(layer(x.copy()), (2, 2), "output", "")
        seen.append("layer(x)" if np.allclose(y, known.output(x)) else y)
    return seen


@pytest.mark.parametrize("training", [True, False])
def observe_penalty(watch, numbers, training):
    known, layer = watch(0.3)
    layer.training = training
    seen = []
    for _ in range(2):
        layer(numbers(4, 4))
        seen += [layer.penalty(), layer.penalty()]
    known.set_weights(numbers(4, 2))
    seen.append(layer.penalty())
    layer(numbers(3, 4))
    seen.append(layer.penalty())
    known.layer.bias = numbers(1, 2)
    seen.append(layer.penalty())
    return [expect.number(penalty, "penalty", "") for penalty in seen]


def observe_penalty_before_any_forward_pass(watch):
    layers = [layer for _, layer in (watch(0.0), watch(0.3), watch(5.0))]
    return [expect.number(layer.penalty(), "penalty", "") for layer in layers]


def observe_penalty_of_sizes(watch, numbers):
    seen = []
    for sizes in ((1, 1), (4, 2), (2, 4), (3, 3)):
        _, layer = watch(0.3, sizes=sizes)
        layer(numbers(3, sizes[0]))
        seen.append(expect.number(layer.penalty(), "penalty", ""))
    return seen


def observe_default(watch, numbers):
    known, layer = watch()
    layer(numbers(4, 4))
    penalty = expect.number(layer.penalty(), "penalty", "")
    return "0.01" if np.isclose(penalty, 0.01 * (known.weights**2).sum()) else "another"


@pytest.mark.parametrize("coefficient", [0.0, 5.0])
def observe_penalty_of_coefficients(watch, numbers, coefficient):
    _, layer = watch(coefficient)
    layer(numbers(4, 4))
    return expect.number(layer.penalty(), "penalty", "")


def observe_penalty_of_small_weights(watch):
    known, layer = watch(0.3)
    known.set_weights(known.weights * 1e-3)
    return expect.number(layer.penalty(), "penalty", "")


def observe_penalty_while_training(watch, numbers, attempt):
    known, layer = watch(0.3)
    seen = []
    for _ in range(3):
        layer(numbers(4, 4))
        attempt(layer, "backward", numbers(4, 2))
        known.set_weights(numbers(4, 2))
        seen.append(expect.number(layer.penalty(), "penalty", ""))
    return seen


def observe_two_layers(watch):
    both = [watch(coefficient) for coefficient in (0.3, 5.0)]
    return [expect.number(layer.penalty(), "penalty", "") for _, layer in both]


def observe_changes_in_place(watch, numbers):
    known, layer = watch(0.3)
    x = numbers(4, 4)
    before = x.copy()
    layer(x)
    layer.penalty()
    weights, bias = known.present("")
    pairs = [(x, before), (weights, known.weights), (bias, known.bias)]
    return [np.array_equal(*pair) for pair in pairs]

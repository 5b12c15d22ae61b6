"""The forward pass of L2 regularization: the layer's own output, and the penalty."""

import numpy as np
import pytest

from autograder import expect

SHAPES = [(1, 7, 5), (6, 3, 8), (5, 4, 4)]  # (N, in_features, out_features)


@pytest.fixture
def coefficient(rng):
    return rng.uniform(0.05, 0.4)


@pytest.fixture
def where(coefficient):
    return f"L2regularization(coefficient={coefficient:.3g})"


def penalty(layer, where):
    return expect.number(layer.penalty(), "penalty", f"{where}.penalty")


@pytest.mark.essential
def test_penalty_grows_with_the_weights(submission, linear, rng, coefficient, where):
    """The penalty is a number above zero, and larger weights give a larger penalty."""
    known = linear(4, 6)
    layer = submission.L2regularization(known.layer, coefficient=coefficient)
    layer(rng.normal(size=(3, 4)))
    small = penalty(layer, where)
    assert small > 0, f"penalty={small:.6g}, but should be above zero [{where}]"
    known.set_weights(known.weights * 3)
    layer(rng.normal(size=(3, 4)))
    large = penalty(layer, where)
    assert large > small, (
        f"three times the weights give penalty={large:.6g}, "
        f"not more than penalty={small:.6g} before [{where}]"
    )


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("training", [True, False])
def test_output_is_the_layers_output(submission, linear, rng, coefficient, where, shape, training):
    """The output is layer(x), unchanged, in training and in evaluation."""
    rows, in_features, out_features = shape
    known = linear(in_features, out_features)
    layer = submission.L2regularization(known.layer, coefficient=coefficient)
    layer.training = training
    for _ in range(2):
        x = rng.normal(size=(rows, in_features))
        y = expect.array(layer(x), (rows, out_features), "output", where)
        expect.close(y, known.output(x), "output", where)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("training", [True, False])
def test_penalty_is_coefficient_times_sum_of_squares(
    submission, linear, rng, coefficient, where, shape, training
):
    """The penalty is coefficient * sum(weights ** 2), in training and in evaluation."""
    rows, in_features, out_features = shape
    known = linear(in_features, out_features)
    layer = submission.L2regularization(known.layer, coefficient=coefficient)
    layer.training = training
    for _ in range(2):
        layer(rng.normal(size=(rows, in_features)))
        expected = coefficient * float((known.weights**2).sum())
        expect.close(penalty(layer, where), expected, "penalty", f"{where}.penalty")


def test_penalty_is_proportional_to_the_coefficient(submission, linear, rng):
    """The penalty is proportional to the coefficient, and zero when it is zero."""
    known = linear(5, 3)
    for coefficient in (0.0, 0.003, 1.7):
        where = f"L2regularization(coefficient={coefficient})"
        layer = submission.L2regularization(known.layer, coefficient=coefficient)
        layer(rng.normal(size=(2, 5)))
        expected = coefficient * float((known.weights**2).sum())
        expect.close(penalty(layer, where), expected, "penalty", f"{where}.penalty")


def test_default_coefficient_is_one_hundredth(submission, linear, rng):
    """Without a coefficient, 0.01 is taken."""
    known = linear(5, 3)
    layer = submission.L2regularization(known.layer)
    layer(rng.normal(size=(2, 5)))
    where = "L2regularization().penalty"
    expect.close(penalty(layer, where), 0.01 * float((known.weights**2).sum()), "penalty", where)


def test_bias_is_not_penalised(submission, linear, rng, coefficient, where):
    """The bias does not enter the penalty."""
    known = linear(4, 6)
    layer = submission.L2regularization(known.layer, coefficient=coefficient)
    x = rng.normal(size=(3, 4))
    layer(x)
    before = penalty(layer, where)
    known.layer.bias = rng.normal(size=(1, 6)) * 10
    layer(x)
    after = penalty(layer, where)
    assert np.isclose(before, after), (
        f"another bias changed the penalty from {before:.6g} to {after:.6g} [{where}.penalty]"
    )


def test_penalty_follows_the_present_weights(submission, linear, rng, coefficient, where):
    """The penalty is that of the weights as they are now, without another forward pass."""
    known = linear(4, 6)
    layer = submission.L2regularization(known.layer, coefficient=coefficient)
    layer(rng.normal(size=(3, 4)))
    for _ in range(2):
        known.set_weights(rng.normal(size=(4, 6)))
        expected = coefficient * float((known.weights**2).sum())
        expect.close(penalty(layer, where), expected, "penalty", f"{where}.penalty")


def test_forward_leaves_its_arguments_untouched(submission, linear, rng, coefficient, where):
    """Neither the forward pass nor the penalty changes x or the layer's parameters."""
    known = linear(4, 6)
    layer = submission.L2regularization(known.layer, coefficient=coefficient)
    x = rng.normal(size=(3, 4))
    before = x.copy()
    layer(x)
    layer.penalty()
    expect.untouched(x, before, "x", where)
    known.assert_untouched(where)

"""Steps of a layer with a mask: what is judged, by which masks, and up to which factor."""

import numpy as np
import pytest

from autograder.kit.step import (
    NAMES,
    Passed,
    SingleSteps,
    Step,
    assert_float64,
    closed_form,
    masks_of,
)

P = 0.4


def step(rng, *, scale=1 / (1 - P), dropped=0.0, factor=1.0, without=()):
    """Return a step of a layer; `dropped` is what it has in the place of zeros."""
    x, weights, bias = rng.normal(size=(4, 3)), rng.normal(size=(3, 20)), rng.normal(size=(1, 20))
    h, grad_output = x @ weights + bias, rng.normal(size=(4, 20))
    mask = np.where(rng.random(h.shape) < P, dropped, scale)
    passed = Passed(x, h * mask, weights, bias, h)
    wrt = {"x": x, "weights": weights, "bias": bias}
    found = closed_form(**wrt, mask=mask, grad_output=grad_output)
    grads = {name: factor * found[name] for name in ("weights", "bias") if name not in without}
    expected = [
        closed_form(**wrt, mask=each, grad_output=grad_output)
        for each in masks_of(passed, P, training=True)
    ]
    return Step(passed, factor * found["x"], grads, expected, "backward")


def single(rng, *, drops=True, **how):
    return SingleSteps(P, [step(rng, **how) for _ in range(2)], drops)


@pytest.fixture
def rng():
    return np.random.default_rng(7)


@pytest.mark.parametrize("scale", [1 / (1 - P), 1.0, 1 / P])
def test_a_forward_pass_may_scale_in_its_own_way(rng, scale):
    """Backward is right for the mask of the contract, and for that of the forward pass."""
    known = single(rng, scale=scale)
    assert known.factors == dict.fromkeys(NAMES, 1.0)
    known.check(step(rng, scale=scale))
    if scale != 1 / (1 - P):
        later = step(rng, scale=scale)._replace(expected=step(rng).expected)
        with pytest.raises(AssertionError, match="grad_input is not right"):
            known.check(later)


def test_a_wrong_scale_in_single_steps_is_expected_later(rng):
    """A gradient with a factor is wrong itself; later it is right with this factor alone."""
    known = single(rng, factor=0.6)
    assert known.factors == pytest.approx(dict.fromkeys(NAMES, 0.6))
    with pytest.raises(AssertionError, match="grad_input is not right"):
        known.steps[0].assert_right("x")
    known.check(step(rng, factor=0.6))
    with pytest.raises(AssertionError, match="grad_input is not right"):
        known.check(step(rng, factor=0.5))


def test_a_missing_gradient_is_not_judged_later(rng):
    """The others are."""
    known = single(rng, without=["bias"])
    assert set(known.factors) == {"x", "weights"}
    known.check(step(rng, without=["bias"]))
    with pytest.raises(AssertionError, match='no entry "bias"'):
        known.steps[0].assert_right("bias")


def test_later_steps_cannot_be_judged_if_no_gradient_fits(rng):
    """Nothing passes that was not judged."""
    steps = [each._replace(grad_input=None, grads={}) for each in (step(rng), step(rng))]
    known = SingleSteps(P, steps, drops=True)
    with pytest.raises(AssertionError, match="later steps cannot be judged"):
        known.check()


def test_without_a_zero_only_the_own_mask_counts(rng):
    """A layer with small numbers in the place of zeros is judged by these, not by a mask of ones."""
    known = single(rng, dropped=1e-8, drops=False)
    assert known.factors == dict.fromkeys(NAMES, 1.0)
    unmasked = single(rng, scale=1 / (1 - P), dropped=0.5, drops=False)
    wrong = [each._replace(expected=each.expected[:1]) for each in unmasked.steps]
    assert SingleSteps(P, wrong, drops=False).factors == {}


@pytest.mark.parametrize(
    ("how", "message"),
    [({"scale": 2.0, "dropped": 2.0}, "no element"), ({"scale": 0.0}, "every element")],
)
def test_a_forward_pass_without_a_mask_cannot_be_judged(rng, how, message):
    """It drops nothing, or everything."""
    steps = [each for each in (step(rng, **how), step(rng, **how)) if each.passed.y.any()]
    with pytest.raises(AssertionError, match=f"{message} of the output is .*cannot be judged"):
        SingleSteps(P, steps, drops=False)


def test_an_output_of_any_size_gives_no_error_of_ours(rng):
    """Numbers beyond all bounds are judged by the mask of the contract alone, or by none."""
    huge = step(rng, scale=1e300)
    assert len(huge.expected) == 1
    with pytest.raises(AssertionError, match="not right"):
        huge.assert_right("x")
    with pytest.raises(AssertionError, match="shows no mask"):
        huge.assert_right("x", of=slice(1, None))
    assert SingleSteps(P, [huge, huge], drops=True).factors == {}


@pytest.mark.parametrize(("name", "title"), [("x", "grad_input"), ("bias", r'grads\["bias"\]')])
def test_one_gradient_in_float32_is_noticed(name, title):
    """The message names it."""
    arrays = {each: np.zeros((2, 2), np.float32 if each == name else np.float64) for each in NAMES}
    with pytest.raises(AssertionError, match=rf"{title}.dtype=float32, but should be float64 \[b"):
        assert_float64(arrays.pop("x"), arrays, "backward")


@pytest.mark.parametrize("grads", [None, 1.5, [], {}, {"weights": [1.0], "bias": None}])
def test_what_is_no_array_has_no_dtype_to_judge(grads):
    """That a gradient is missing, or no array, costs points for another property."""
    assert_float64(None, grads, "backward")

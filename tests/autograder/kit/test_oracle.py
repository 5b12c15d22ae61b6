"""The oracle: three ways to the same gradient, and an error if they disagree."""

import numpy as np
import pytest

from autograder.kit.oracle import OracleError, gradients

RNG = np.random.default_rng(0)
A, B = RNG.normal(size=(3, 4)), RNG.normal(size=(4, 2))


def product(a, b, factor):
    return factor * (a @ b).sum() + (a**2).sum()


def right(a, b, factor):
    ones = np.ones((3, 2))
    return {"a": factor * ones @ b.T + 2 * a, "b": factor * a.T @ ones}


def test_the_gradients_are_those_of_the_loss():
    """If all three agree, the gradient of each array is returned, with any kind of constants."""
    found = gradients(product, right, {"a": A, "b": B}, factor=np.array(3.0))
    assert found.keys() == {"a", "b"}
    for name, expected in right(A, B, 3.0).items():
        np.testing.assert_allclose(found[name], expected, rtol=1e-12)


@pytest.mark.parametrize("scale", [1e-6, 1.0, 1e6])
def test_large_and_small_numbers_agree_too(scale):
    """Rounding is no disagreement, for numbers of any size."""
    gradients(product, right, {"a": scale * A, "b": B}, factor=scale)


@pytest.mark.parametrize("name", ["a", "b"])
def test_a_wrong_formula_is_found(name):
    """A closed form that differs in one element by one in a million raises an error."""

    def wrong(a, b, factor):
        formula = right(a, b, factor)
        formula[name][0, 0] *= 1 + 1e-6
        return formula

    with pytest.raises(OracleError, match=f"the closed form disagree on the gradient of {name}"):
        gradients(product, wrong, {"a": A, "b": B}, factor=3.0)


def test_a_loss_that_autograd_sees_differently_is_found():
    """Finite differences find a factor that PyTorch does not differentiate."""

    def detached(a):
        return ((a.detach() if hasattr(a, "detach") else a) * a).sum()

    with pytest.raises(OracleError, match="finite differences disagree"):
        gradients(detached, lambda a: {"a": a}, {"a": A})

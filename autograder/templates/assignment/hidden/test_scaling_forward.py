"""The forward pass of Scaling. Its name is that of its graded cell."""

import numpy as np
import pytest

from autograder.kit import expect

# the smallest case first, since students read it
CASES = [(0.5, (1, 2)), (3.0, (4, 3)), (-1.25, (2, 3, 2))]


@pytest.mark.criterion("scales")
def test_output_is_factor_times_x(submission, rng):
    """The output is factor * x, for any factor and any shape of x."""
    for factor, shape in CASES:
        x = np.round(rng.normal(size=shape), 2)
        where = f"Scaling({factor})" + expect.given(x=x)
        # the student's code gets a copy, so that it cannot change what the output is compared with
        output = expect.array(submission.Scaling(factor)(x.copy()), shape, "output", where)
        expect.close(output, factor * x, "output", where)


@pytest.mark.criterion("keeps")
def test_x_stays_as_it_is(submission, rng):
    """The array x is the same after the forward pass."""
    x = np.round(rng.normal(size=3), 2)
    before = x.copy()
    submission.Scaling(2.0)(x)
    expect.untouched(x, before, "x", "Scaling(2.0)" + expect.given(x=before))


# Observations judge nothing. By what they return, a student's mistake is recognised as a mutant's.


def observe_output(submission, rng):
    return submission.Scaling(3.0)(rng.normal(size=3))


def observe_x(submission, rng):
    x = rng.normal(size=3)
    before = x.copy()
    submission.Scaling(3.0)(x)
    return np.array_equal(x, before)

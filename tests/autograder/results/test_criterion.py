"""Criteria: their points add up to the item's, to the last digit."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.results.criterion import Criterion, shares


def criteria(*weights):
    return tuple(Criterion(f"c{n}", "It does.", weight) for n, weight in enumerate(weights))


@pytest.mark.parametrize(
    ("points", "weights", "expected"),
    [
        (1.0, [40, 30, 15, 10, 5], [0.4, 0.3, 0.15, 0.1, 0.05]),
        (0.5, [20, 60, 10, 10], [0.1, 0.3, 0.05, 0.05]),
        (0.5, [60, 20, 15, 5], [0.3, 0.1, 0.075, 0.025]),
        (1.0, [1, 1, 1], [0.333333, 0.333334, 0.333333]),
        (2, [7], [2.0]),
        (0.0, [1, 2], [0.0, 0.0]),
    ],
)
def test_each_criterion_has_its_share_of_the_points(points, weights, expected):
    """The share follows the weight; the last digits are given out so that none is lost."""
    assert shares(points, criteria(*weights)) == tuple(expected)


@given(st.integers(0, 10**7), st.lists(st.integers(1, 10_000), min_size=1, max_size=9))
def test_the_shares_add_up_exactly(hundredths, weights):
    """For all points and weights, the decimals add up to the item's points."""
    found = shares(hundredths / 100, criteria(*weights))
    assert sum(Decimal(repr(share)) for share in found) == Decimal(hundredths) / 100
    whole = sum(weights)
    for share, weight in zip(found, weights, strict=True):
        assert abs(share - hundredths / 100 * weight / whole) < 2e-6

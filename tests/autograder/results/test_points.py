"""Points: short decimals, an exact sum, and one way to write them."""

import pytest

from autograder.results.points import added, less, out_of, rounded, shown, total, with_unit


@pytest.mark.parametrize(
    ("points", "meant"),
    [(3 * 0.05, 0.15), (2.2600000000000002, 2.26), (5 / 3, 1.666667), (-0.0, 0.0), (2, 2.0)],
    ids=str,
)
def test_points_are_the_decimal_that_is_meant(points, meant):
    """Errors of binary arithmetic are rounded away."""
    assert repr(rounded(points)) == repr(meant)


def test_a_sum_is_exact():
    """0.7 + 0.1 + 0.2 is 1, and the parts shown add up to the total shown."""
    assert repr(added([0.7, 0.1, 0.2])) == "1.0"
    assert repr(added([0.1] * 3)) == "0.3"
    assert added([1 / 3] * 3) == 0.999999
    assert added([]) == 0.0


def test_a_total_is_known_once_all_points_are():
    """An unknown part does not count as 0."""
    assert total([0.7, None]) is None
    assert total([0.7, 0.1]) == 0.8


def test_a_penalty_leaves_at_least_nothing():
    """The result equals that of nbgrader's own export."""
    assert (less(0.8, 0.15), less(0.1, 0.15)) == (0.65, 0.0)


@pytest.mark.parametrize(
    ("points", "text"),
    [(2.0, "2"), (0.125, "0.125"), (100.0, "100"), (0.0, "0"), (0.1 + 0.2, "0.3"), (None, "-")],
    ids=str,
)
def test_points_are_written_in_one_way(points, text):
    """There are no zeros at the end, and no digit is lost; a dash means unknown."""
    assert shown(points) == text


def test_one_point_is_one():
    """All other numbers have the plural."""
    assert [with_unit(p) for p in (1.0, 0.5, 0.0, 2.0)] == ["1 point", "0.5 points", "0 points", "2 points"]  # fmt: skip
    assert out_of(1.0, 1.0) == "1 of 1 point"

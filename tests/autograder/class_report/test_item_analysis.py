"""The item analysis: by hand, by the textbook's formulas, and by SciPy's, and never a nan."""

import math
import statistics

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import pearsonr, pointbiserialr

from autograder.class_report.item_analysis import (
    FEWEST,
    Discrimination,
    Distribution,
    analyse,
    discrimination,
)

POINTS = st.lists(st.integers(0, 100).map(lambda n: n / 100), min_size=FEWEST, max_size=40)


def test_a_distribution_by_hand():
    """Mean, median, the sample's deviation, who has all, and bins of round numbers."""
    found = Distribution.of([0.0, 1.0, 2.0, 3.0, 3.0], 3.0)
    assert (found.n, found.mean, found.median, found.full) == (5, 1.8, 2.0, 2)
    # squares of -1.8, -0.8, 0.2, 1.2, 1.2: 3.24 + 0.64 + 0.04 + 1.44 + 1.44 = 6.8, over 4
    assert found.deviation == pytest.approx(math.sqrt(1.7))
    assert found.edges == tuple(n / 4 for n in range(13))
    assert found.counts == (1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 2)


def test_the_last_bin_holds_its_upper_edge_and_no_other():
    """Points on an edge between two bins are of the upper one."""
    found = Distribution.of([0.25, 2.75, 2.99, 3.0], 3.0)
    assert (found.counts[0], found.counts[1], found.counts[-1]) == (0, 1, 3)


def test_of_nobody_there_is_no_mean():
    """And of one there is no deviation: both are said by None, not by 0 or nan."""
    nobody = Distribution.of([], 3.0)
    assert (nobody.n, nobody.mean, nobody.median, nobody.deviation) == (0, None, None, None)
    assert sum(nobody.counts) == 0
    assert Distribution.of([2.0], 3.0).deviation is None


HUNDREDTHS = st.integers(-500, 2000).map(lambda n: n / 100)


@given(st.lists(HUNDREDTHS, max_size=30), st.sampled_from([0.0, 0.5, 1.0, 3.0, 100.0]))
def test_each_submission_is_in_one_bin(points, maximum):
    """Extra credit and points below zero, which a human may give, included."""
    found = Distribution.of(points, maximum)
    assert sum(found.counts) == len(points)
    assert found.edges[0] <= min([0.0, *points])
    assert found.edges[-1] >= max([maximum, *points])
    assert len(found.edges) == len(found.counts) + 1


# ---- discrimination


def test_of_an_item_that_is_right_or_wrong_it_is_the_point_biserial():
    """By the textbook's formula, whose deviation is that of the whole class (n)."""
    x = [1, 1, 1, 1, 1, 1, 0, 0, 0, 0]
    rest = [2.0, 1.5, 2.0, 1.0, 2.0, 0.5, 1.0, 0.0, 0.5, 0.5]
    m1, m0, q = 9.0 / 6, 2.0 / 4, 0.6
    by_hand = (m1 - m0) / statistics.pstdev(rest) * math.sqrt(q * (1 - q))
    found = discrimination(x, rest).value
    assert found == pytest.approx(by_hand)
    assert found == pytest.approx(pointbiserialr(x, rest).statistic)


@given(st.data())
def test_it_is_pearsons_correlation(data):
    """It is SciPy's value if both have variance; otherwise there is a reason."""
    x = data.draw(POINTS)
    rest = data.draw(st.lists(st.integers(0, 200), min_size=len(x), max_size=len(x)))
    found = discrimination(x, rest)
    if len(set(x)) == 1 or len(set(rest)) == 1:
        assert found.value is None
        assert "all have the same" in found.reason
    else:
        assert found.value == pytest.approx(pearsonr(x, rest).statistic, abs=1e-9)
        assert -1 <= found.value <= 1
        assert not found.reason


def test_the_item_itself_is_taken_out_of_the_total():
    """With itself it would agree: here all other points are the opposite of its own."""
    rows = [(n % 2, 1 - n % 2) for n in range(12)]
    first, second = analyse(["a", "b"], [1, 1], rows)
    assert first.discrimination.value == second.discrimination.value == -1
    total = [sum(row) for row in rows]
    assert len(set(total)) == 1


def test_the_analysis_is_that_of_each_column_against_the_others():
    """As NumPy computes it from the matrix at once."""
    rng = np.random.default_rng(1)
    points = rng.integers(0, 5, size=(30, 3)) / 4
    for number, item in enumerate(analyse(["a", "b", "c"], [1, 1, 2], points.tolist())):
        rest = np.delete(points, number, axis=1).sum(axis=1)
        expected = np.corrcoef(points[:, number], rest)[0, 1]
        assert item.discrimination.value == pytest.approx(expected)
        assert item.facility == pytest.approx(points[:, number].mean() / item.maximum)


def test_sums_that_differ_in_their_last_bits_are_the_same():
    """0.1 + 0.7 and 0.7 + 0.1 + 0.0 are no two scores, whatever floats make of them."""
    rest = [0.1 + 0.2 + 0.3, 0.3 + 0.2 + 0.1] * 6  # `sum` makes them equal from Python 3.12 on
    assert len(set(rest)) == 2
    assert discrimination([0, 1] * 6, rest).value is None


@pytest.mark.parametrize(
    ("x", "rest", "reason"),
    [
        ([0, 1] * 4, [0, 1] * 4, "fewer than 10 submissions"),
        ([1] * 12, [0, 1] * 6, "all have the same in it"),
        ([0, 1] * 6, [2.5] * 12, "all have the same in all other items"),
        ([], [], "fewer than 10 submissions"),
    ],
)
def test_what_is_not_defined_is_said(x, rest, reason):
    """In words, and there is no number that could be taken for one."""
    found = discrimination(x, rest)
    assert found.value is None
    assert found.meaning == f"not defined: {reason}"


def test_a_single_item_has_no_discrimination():
    """There are no others to compare it with."""
    (item,) = analyse(["a"], [1], [[n % 2] for n in range(20)])
    assert item.discrimination.meaning == "not defined: there is no other item"


@pytest.mark.parametrize(
    ("value", "words"),
    [(-0.1, "look for a fault"), (0.1, "say little"), (0.2, "do well elsewhere"), (0.0, "little")],
)
def test_a_value_is_put_in_words(value, words):
    """What a low one means stands beside it."""
    assert words in Discrimination(value).meaning


@pytest.mark.parametrize("rows", [[], [[0.0, 0.0]]])
def test_an_item_of_no_points_and_a_class_of_nobody_have_no_facility(rows):
    """Nothing is divided by zero."""
    free, nobody = analyse(["free", "other"], [0, 1], rows)
    assert free.facility is None
    assert nobody.facility == (0 if rows else None)

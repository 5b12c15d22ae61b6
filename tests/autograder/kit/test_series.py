"""The tests on series of masks: they find what comes back, and nothing else."""

from itertools import pairwise

import numpy as np
import pytest
from scipy import stats

from autograder.kit import masks, series
from autograder.kit.finding import symmetric

CALLS, ROWS, UNITS, P = 256, 10, 12, 0.5


def independent(rng, calls):
    return rng.random((calls, ROWS, UNITS)) < P


def frozen(rng, calls):
    return np.repeat(independent(rng, 1), calls, axis=0)


def some_frozen(rng, calls):
    dropped = independent(rng, calls)
    dropped[:, :2] = dropped[0, :2]
    return dropped


def stock(number):
    def draw(rng, calls):
        return independent(rng, number)[rng.integers(number, size=calls)]

    return draw


def cycle_of_twenty(rng, calls):
    return independent(rng, 20)[np.arange(calls) % 20]


def every_second_mask_kept(rng, calls):
    return np.repeat(independent(rng, (calls + 1) // 2), 2, axis=0)[:calls]


def changes_slowly(rng, calls):
    dropped = independent(rng, calls)
    for before, now in pairwise(dropped):
        kept = rng.random(now.shape) < 0.5
        now[kept] = before[kept]
    return dropped


def turned_over(rng, calls):
    dropped = independent(rng, calls)
    dropped[1::2] = ~dropped[::2]
    return dropped


def stock_of_numbers(rng, calls):
    return np.resize(rng.random(1000) < P, (calls, ROWS, UNITS))


def all_or_nothing(rng, calls):
    return np.broadcast_to(rng.random((calls, 1, 1)) < P, (calls, ROWS, UNITS))


def tied_rows(rng, calls):
    return np.broadcast_to(rng.random((calls, 1, UNITS)) < P, (calls, ROWS, UNITS))


def tied_units(rng, calls):
    return np.broadcast_to(rng.random((calls, ROWS, 1)) < P, (calls, ROWS, UNITS))


def tiled(rng, calls):
    return np.array([np.resize(rng.random(9) < P, (ROWS, UNITS)) for _ in range(calls)])


def exact_count(rng, calls):
    return (rng.random((calls, ROWS * UNITS)).argsort(axis=1) < 60).reshape(calls, ROWS, UNITS)


def rate_falls(rng, calls):
    return rng.random((calls, ROWS, UNITS)) < P * 0.9 ** np.arange(calls)[:, None, None]


def masks_multiply(rng, calls):
    return np.logical_or.accumulate(independent(rng, calls), axis=0)


def some_rows_never_dropped(rng, calls):
    return independent(rng, calls) & (np.arange(ROWS) > 3)[:, None]


def rates_differ(rng, calls):
    return rng.random((calls, ROWS, UNITS)) < np.linspace(0.1, 0.9, UNITS)


def some_nearly_always_dropped(rng, calls):
    return rng.random((calls, ROWS, UNITS)) < np.linspace(0.0, 0.99, ROWS * UNITS).reshape(ROWS, -1)


def wrong_rate(rng, calls):
    return rng.random((calls, ROWS, UNITS)) < 0.9


def check(draw, seed):
    rng = np.random.default_rng(seed)
    first = draw(rng, CALLS)
    masks.judge(series.never_drawn_anew(first, P), first, "Dropout")
    masks.judge(series.recurrence(first), first, "Dropout")
    masks.assert_by_chance(lambda calls: draw(rng, calls), CALLS, series.echo, "Dropout")


@pytest.mark.parametrize(
    "draw",
    [
        independent,
        all_or_nothing,
        tied_rows,
        tied_units,
        tiled,
        exact_count,
        rate_falls,
        masks_multiply,
        some_rows_never_dropped,
        rates_differ,
        some_nearly_always_dropped,
        wrong_rate,
    ],
)
def test_masks_that_are_drawn_anew_pass(draw):
    """It does not matter how the elements of one mask depend on each other, or how many drop."""
    for seed in range(20):
        check(draw, seed)


@pytest.mark.parametrize(
    "draw",
    [
        frozen,
        some_frozen,
        *map(stock, (2, 3, 4, 5, 6, 8, 12, 100)),
        cycle_of_twenty,
        every_second_mask_kept,
        changes_slowly,
        turned_over,
        stock_of_numbers,
    ],
)
def test_what_is_not_drawn_anew_is_found(draw):
    """It is found for any seed, and the two masks are drawn that show it."""
    for seed in range(20):
        with pytest.raises(masks.PicturedError, match=r"\[Dropout\]$") as caught:
            check(draw, seed)
        assert len(caught.value.figures) == 2


def test_masks_that_come_back_are_the_ones_shown():
    """The message names the two calls, and their masks are the same."""
    with pytest.raises(masks.PicturedError, match="such as those of the calls") as caught:
        check(stock(100), 3)
    first, second = caught.value.figures
    named = [figure.title.removeprefix("mask of call ") for figure in (first, second)]
    assert f"of the calls {named[0]} and {named[1]} " in str(caught.value)
    assert first.rows == second.rows


@pytest.mark.parametrize("dropped", [False, True])
def test_masks_without_any_chance_break_no_check(dropped):
    """A layer that drops nothing or everything is judged without an error of ours."""
    same = np.full((CALLS, ROWS, UNITS), dropped)
    for finding in (series.never_drawn_anew(same, P), series.recurrence(same)):
        assert finding.chance == 1
    place = series.echo(same, None).place
    assert series.echo(same, place).chance == 1


@pytest.mark.parametrize("draw", [independent, all_or_nothing, tied_rows, rates_differ])
def test_an_echo_is_as_rare_as_it_says(draw):
    """The chance of the second look at one distance is seldom small, however elements are tied."""
    rng = np.random.default_rng(2)
    for place in ((1, 0), (3, -20)):
        chances = [series.echo(draw(rng, CALLS), place).chance for _ in range(400)]
        for level in (0.3, 0.1, 0.03):
            seen = sum(chance <= level for chance in chances)
            assert stats.binom(400, level).sf(seen - 1) > 1e-6, (level, seen)


def test_one_sided_differences_are_unlikely():
    """Differences of one sign are, whatever their sizes; none at all are no sign of anything."""
    assert symmetric(np.ones(50)) == pytest.approx(2 * np.exp(-25))
    assert symmetric(np.tile([1.0, -1.0], 50)) == 1
    assert symmetric(np.zeros(9)) == 1
    assert symmetric(np.array([1.0, *np.zeros(99)])) == 1  # one alone shows nothing


@pytest.mark.parametrize("size", [1e-320, 1e-170, 1e170, 1e308, np.inf])
def test_differences_may_be_of_any_size(size):
    """Their squares may lie outside the range of floats; the chance does not depend on their unit."""
    assert symmetric(np.full(50, size)) == pytest.approx(symmetric(np.ones(50)))
    assert symmetric(np.tile([size, -size], 50)) == 1
    assert symmetric(np.full(50, np.nan)) == 1

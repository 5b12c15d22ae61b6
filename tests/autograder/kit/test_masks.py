"""The tests on masks: they accept chance, and find everything else."""

import numpy as np
import pytest
from scipy import stats

from autograder.kit import masks
from autograder.kit.finding import apart, two_sided
from autograder.kit.picture import PicturedError

CALLS, ROWS, UNITS, P = 64, 10, 12, 0.45
H = np.random.default_rng(5).normal(size=(ROWS, UNITS))
LOOKS = {
    "rate": masks.rate(P),
    "groups": masks.groups,
    "values": masks.values(H),
    "pairs": masks.pairs,
    "neighbours": masks.neighbours,
    "counts in a call": masks.counts((1, 2), "a call"),
    "counts in a row": masks.counts((2,), "a row"),
    "counts in a unit": masks.counts((1,), "a unit"),
}


def independent(rng, calls):
    return rng.random((calls, ROWS, UNITS)) < P


def lower_rate(rng, calls):
    return rng.random((calls, ROWS, UNITS)) < P - 0.03


def weak_row(rng, calls):
    return rng.random((calls, ROWS, UNITS)) < np.where(np.arange(ROWS) == 7, P - 0.2, P)[:, None]


def weak_unit(rng, calls):
    return rng.random((calls, ROWS, UNITS)) < np.where(np.arange(UNITS) == 3, P + 0.2, P)


def first_call_spared(rng, calls):
    return independent(rng, calls) & (np.arange(calls) > 0)[:, None, None]


def strange_element(rng, calls):
    dropped = independent(rng, calls)
    dropped[:, 4, 5] = False
    return dropped


def small_values_dropped(rng, calls):
    return rng.random((calls, ROWS, UNITS)) < np.where(np.abs(H) < 0.7, P + 0.1, P - 0.1)


def twin_elements(rng, calls):
    dropped = independent(rng, calls)
    dropped[:, 8, 2] = dropped[:, 1, 11]
    return dropped


def opposite_elements(rng, calls):
    dropped = independent(rng, calls)
    dropped[:, 8, 2] = ~dropped[:, 1, 11]
    return dropped


def tiled(rng, calls):
    return np.array([np.resize(rng.random(50) < P, (ROWS, UNITS)) for _ in range(calls)])


def halves_opposed(rng, calls):
    dropped = independent(rng, calls)
    dropped[:, :, 6:] = ~dropped[:, :, :6]
    return dropped


def partly_alike_units(rng, calls):
    dropped = independent(rng, calls)
    copied = rng.random((calls, ROWS, UNITS - 1)) < 0.2
    dropped[:, :, 1:][copied] = dropped[:, :, :-1][copied]
    return dropped


def exact_count(rng, calls):
    order = rng.random((calls, ROWS * UNITS)).argsort(axis=1)
    return (order < 54).reshape(calls, ROWS, UNITS)


def exact_count_in_rows(rng, calls):
    return rng.random((calls, ROWS, UNITS)).argsort(axis=2) < 5


def exact_count_in_units(rng, calls):
    return rng.random((calls, ROWS, UNITS)).argsort(axis=1) < 4


def rate_drawn_for_each_call(rng, calls):
    return rng.random((calls, ROWS, UNITS)) < rng.uniform(P - 0.2, P + 0.2, size=(calls, 1, 1))


def check(look, draw, seed):
    rng = np.random.default_rng(seed)
    masks.assert_by_chance(lambda calls: draw(rng, calls), CALLS, look, "Dropout(p=0.45)")


@pytest.mark.parametrize("name", LOOKS)
def test_independent_elements_pass(name):
    """Independent elements pass each check, for any seed."""
    for seed in range(100):
        check(LOOKS[name], independent, seed)


@pytest.mark.parametrize("name", LOOKS)
def test_the_judgement_is_as_rare_as_it_says(name):
    """For independent elements, the chance of the second look is seldom small."""
    rng = np.random.default_rng(1)
    place = LOOKS[name](independent(rng, CALLS), None).place
    chances = [LOOKS[name](independent(rng, CALLS), place).chance for _ in range(400)]
    for level in (0.3, 0.1, 0.03):
        seen = sum(chance <= level for chance in chances)
        assert stats.binom(400, level).sf(seen - 1) > 1e-6, (level, seen)


@pytest.mark.parametrize(
    ("name", "draw"),
    [
        ("rate", lower_rate),
        ("groups", weak_row),
        ("groups", weak_unit),
        ("groups", first_call_spared),
        ("groups", strange_element),
        ("values", small_values_dropped),
        ("pairs", twin_elements),
        ("pairs", opposite_elements),
        ("pairs", tiled),
        ("neighbours", tiled),
        ("neighbours", halves_opposed),
        ("neighbours", partly_alike_units),
        ("counts in a call", exact_count),
        ("counts in a row", exact_count_in_rows),
        ("counts in a unit", exact_count_in_units),
        ("counts in a call", rate_drawn_for_each_call),
    ],
)
def test_what_is_not_left_to_chance_is_found(name, draw):
    """Each check finds its kind of mask for any seed, and says where it looked."""
    for seed in range(20):
        with pytest.raises(AssertionError, match=r"\[Dropout\(p=0.45\)\]$"):
            check(LOOKS[name], draw, seed)


@pytest.mark.parametrize("dropped", [False, True])
@pytest.mark.parametrize("name", LOOKS)
def test_masks_without_any_chance_break_no_check(name, dropped):
    """A layer that drops nothing or everything is judged without an error of ours."""
    finding = LOOKS[name](np.full((CALLS, ROWS, UNITS), dropped), None)
    assert finding.chance >= 0


def test_what_is_found_is_told_beside_what_chance_makes():
    """Two elements are always dropped in different calls; at a rate of 45%, half of the cases agree."""
    message = r"in 0% of the cases, where chance makes it about (49|50)% \[Dropout"
    with pytest.raises(AssertionError, match=message):
        check(masks.pairs, opposite_elements, 3)


def test_two_sided_counts_the_value_itself():
    """It is twice the chance of the value and of all beyond it."""
    chances = [two_sided(stats.binom, n, 3, 0.5) for n in range(4)]
    assert chances == [0.25, 1.0, 1.0, 0.25]


def test_pairs_at_a_distance_are_disjoint():
    """No element is in two pairs, and each pair has the given distance."""
    numbers = np.arange(2 * 9 * 7).reshape(2, 9, 7)
    for down, right in [(0, 1), (0, 3), (1, 0), (2, 3), (4, -2), (8, 6), (3, -6)]:
        a, b = apart(numbers, down, right)
        assert len(a) == len(b) > 0
        assert len({*a.tolist(), *b.tolist()}) == 2 * len(a)
        assert set((b - a).tolist()) == {7 * down + right}


@pytest.mark.parametrize(
    ("name", "draw", "titles"),
    [
        ("rate", lower_rate, 1),
        ("groups", weak_row, 1),
    ],
)
def test_the_masks_that_show_it_are_drawn(name, draw, titles):
    """There is one mask, as found."""
    with pytest.raises(PicturedError) as caught:
        check(LOOKS[name], draw, 3)
    figures = caught.value.figures
    assert len({figure.title for figure in figures}) == len(figures) == titles
    assert all(figure.shape == (ROWS, UNITS) for figure in figures)


@pytest.mark.parametrize(
    ("draw", "place"),
    [
        (weak_row, "row 7:"),
        (weak_unit, "unit 3:"),
        (first_call_spared, "call 0:"),
        (strange_element, r"element \[4, 5\]:"),
    ],
)
def test_the_group_is_named(draw, place):
    """The message says which row, unit, call or element differs."""
    with pytest.raises(AssertionError, match=place):
        check(masks.groups, draw, 3)


@pytest.mark.parametrize(
    ("output", "dropped"),
    [
        (np.array([[0.0, 2.0], [np.nan, 0.0]]), [[True, False], [False, True]]),
        (np.array([[0, 1], [np.inf, -0.0]]), [[True, False], [False, True]]),
        (np.array([0.0, 1.0, 1.0, 0.0]), [[True, False], [False, True]]),
        (np.full((2, 2), np.nan), [[True, True], [True, True]]),
    ],
)
def test_the_mask_of_an_output_is_where_it_is_zero(output, dropped):
    """Numbers that are not finite are kept, unless all are nan; a lost axis does not matter."""
    assert masks.of(output, (2, 2), "Dropout").tolist() == dropped
    assert masks.of(0.0, (1, 1), "Dropout").tolist() == [[True]]
    others = [np.array([[0.0, 3.0], [0.0, 3.0]]), output]
    assert masks.of_each(others, (2, 2), "Dropout").tolist() == [[[True, False]] * 2, dropped]


@pytest.mark.parametrize(
    "output", [None, np.zeros(3), "0", np.zeros((2, 2), complex), [np.zeros(3), None, "text"]]
)
def test_what_is_no_output_has_no_mask(output):
    """The message says what it is, and what it should be."""
    with pytest.raises(AssertionError, match=r"^output.* but should be .*\[Dropout\]$"):
        masks.of(output, (2, 2), "Dropout")
    with pytest.raises(AssertionError, match=r"^output.* but should be .*\[Dropout\]$"):
        masks.of_each([np.ones((2, 2)), output], (2, 2), "Dropout")


def test_a_single_element_is_no_picture():
    """The message says what a layer of one unit drops in one row."""
    with pytest.raises(PicturedError) as caught:
        masks.assert_by_chance(
            lambda n: np.ones((n, 1, 1), bool), 48, masks.rate(0.5), "Dropout(p=0.5)"
        )
    assert caught.value.figures == ()

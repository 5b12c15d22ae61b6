"""The forward pass of Dropout: what is dropped, how often, how independently, and what is kept.

Statistical bounds: each check below rejects a right layer with a probability of at most 1e-9, and a
submission meets fewer than 60 of them: together less than one in ten million.
"""

import numpy as np
import pytest
from scipy import stats

from autograder import expect

CHANCE = 1e-9  # of one statistical check to reject a right layer
LOW, MIDDLE, HIGH = (0.1, 0.25), (0.45, 0.55), (0.7, 0.85)  # 1 - p is far from p in two of them


def forward(layer, x, out_features, where):
    return expect.array(layer(x), (len(x), out_features), "output", where)


def draw(submission, linear, rng, p, calls, rows, columns):
    """Return what was dropped in each of several calls, bool of shape (calls, rows, columns)."""
    known = linear(6, columns)
    layer = submission.Dropout(known.layer, p=p)
    x = rng.normal(size=(rows, 6))
    return np.array([forward(layer, x, columns, f"Dropout(p={p:.3g})") == 0 for _ in range(calls)])


def two_sided(count, n, probability):
    """The chance of a binomial count at least as far out as this one."""
    law = stats.binom(n, probability)
    return 2 * min(law.cdf(count), law.sf(count - 1))


def assert_spread(counts, n, what):
    """Check that counts of n independent elements scatter as binomial ones do, at their own rate.

    Their sum of squared deviations is close to chi-squared; for rates between 0.3 and 0.7 the
    binomial's tails are the lighter ones, so the bound is on the safe side.
    """
    rate = counts.mean() / n
    if rate in (0, 1):
        return  # nothing scatters, and nothing needs to: the rate itself is judged elsewhere
    chi2 = float(((counts - n * rate) ** 2).sum() / (n * rate * (1 - rate)))
    law = stats.chi2(counts.size - 1)
    message = f"the number of dropped elements {what} is %s than chance makes it"
    assert law.cdf(chi2) > CHANCE / 1000, message % "far more even"
    assert law.sf(chi2) > CHANCE / 1000, message % "far more uneven"


def assert_agree_by_chance(a, b, p, what):
    """Check that two masks of independent elements agree as often as chance makes them."""
    agreeing = int((a == b).sum())
    rate = (a.mean() + b.mean()) / 2
    assert two_sided(agreeing, a.size, rate**2 + (1 - rate) ** 2) > CHANCE, (
        f"{what} are not independent: they are dropped or kept alike "
        f"in {agreeing / a.size:.0%} of the cases [Dropout(p={p:.3g})]"
    )


@pytest.mark.essential
def test_training_drops_some_outputs_and_keeps_some(submission, linear, rng):
    """While training, some elements of the output are zero and others are not."""
    dropped = draw(submission, linear, rng, 0.5, calls=1, rows=20, columns=30)
    assert dropped.any(), "no element of the output is zero [Dropout(p=0.5)]"
    assert not dropped.all(), "every element of the output is zero [Dropout(p=0.5)]"


@pytest.mark.parametrize(("low", "high"), [LOW, MIDDLE, HIGH])
@pytest.mark.parametrize("shape", [(1, 7, 40), (6, 3, 8), (9, 8, 2)])
def test_kept_elements_are_scaled(submission, linear, rng, low, high, shape):
    """Each kept element is layer(x) / (1 - p), for any p, batch and layer size."""
    rows, in_features, out_features = shape
    p = rng.uniform(low, high)
    where = f"Dropout(p={p:.3g}), x.shape={(rows, in_features)}"
    known = linear(in_features, out_features)
    layer = submission.Dropout(known.layer, p=p)
    for _ in range(3):
        x = rng.normal(size=(rows, in_features))
        y = forward(layer, x, out_features, where)
        kept = y != 0
        expect.close(y, np.where(kept, known.output(x) / (1 - p), 0), "output", where)


@pytest.mark.parametrize(("low", "high"), [LOW, MIDDLE, HIGH])
def test_drop_rate_is_p(submission, linear, rng, low, high):
    """Each element is dropped with probability p."""
    p = rng.uniform(low, high)
    dropped = draw(submission, linear, rng, p, calls=2, rows=120, columns=80)
    rate = dropped.mean()
    assert two_sided(int(dropped.sum()), dropped.size, p) > CHANCE, (
        f"{rate:.1%} of the elements are dropped, but it should be about {p:.1%} "
        f"[Dropout(p={p:.3g})]"
    )


def test_every_unit_and_row_is_dropped_at_the_same_rate(submission, linear, rng):
    """No unit and no row of the batch is dropped more often than another."""
    p = rng.uniform(0.3, 0.7)
    dropped = draw(submission, linear, rng, p, calls=40, rows=12, columns=9)
    for axis, what in ((1, "row"), (2, "unit")):
        others = tuple({0, 1, 2} - {axis})
        n = dropped.size // dropped.shape[axis]
        rate = dropped.mean()  # whether it is p is judged above
        worst = min(two_sided(int(count), n, rate) for count in dropped.sum(axis=others))
        assert worst > CHANCE, (
            f"some {what} is dropped far more or less often than the others [Dropout(p={p:.3g})]"
        )


def test_units_and_rows_are_dropped_independently(submission, linear, rng):
    """Whether an element is dropped depends neither on its neighbours nor on any other element."""
    p = rng.uniform(0.3, 0.7)
    [dropped] = draw(submission, linear, rng, p, calls=1, rows=120, columns=80)
    rows, columns = rng.permutation(120), rng.permutation(80)
    assert_agree_by_chance(dropped[::2], dropped[1::2], p, "neighbouring rows")
    assert_agree_by_chance(dropped[:, ::2], dropped[:, 1::2], p, "neighbouring units")
    assert_agree_by_chance(dropped[rows[::2]], dropped[rows[1::2]], p, "rows of the batch")
    assert_agree_by_chance(dropped[:, columns[::2]], dropped[:, columns[1::2]], p, "units")


def test_number_of_dropped_elements_is_left_to_chance(submission, linear, rng):
    """How many elements are dropped is left to chance: no fixed number in a call, row or unit."""
    p = rng.uniform(0.3, 0.7)
    dropped = draw(submission, linear, rng, p, calls=40, rows=25, columns=20)
    assert_spread(dropped.sum(axis=(1, 2)), 25 * 20, "in a call")
    assert_spread(dropped.sum(axis=2).ravel(), 20, "in a row")
    assert_spread(dropped.sum(axis=1).ravel(), 25, "in a unit")


def test_each_call_draws_a_fresh_mask(submission, linear, rng):
    """Each call draws its own mask, independent of the calls before it."""
    p = rng.uniform(0.3, 0.7)
    dropped = draw(submission, linear, rng, p, calls=6, rows=40, columns=25)
    for lag in (1, 2, 3):
        pairs = dropped[: 2 * lag].reshape(2, lag, 40, 25)
        assert_agree_by_chance(pairs[0], pairs[1], p, "the masks of different calls")
    same = (dropped == dropped[0]).all(axis=0)
    rate = dropped.mean()
    chance = stats.binom(same.size, rate**6 + (1 - rate) ** 6).sf(same.sum() - 1)
    assert chance > CHANCE, (
        f"{same.mean():.0%} of the elements never change between calls [Dropout(p={p:.3g})]"
    )


def test_evaluation_returns_the_layers_output(submission, linear, rng):
    """When not training, the output is layer(x), unchanged, before and after training."""
    p = rng.uniform(0.2, 0.4)
    where = f"Dropout(p={p:.3g}), training=False"
    known = linear(5, 30)
    layer = submission.Dropout(known.layer, p=p)
    for _ in range(2):
        layer.training = False
        for rows in (1, 4):
            x = rng.normal(size=(rows, 5))
            expect.close(forward(layer, x, 30, where), known.output(x), "output", where)
        layer.training = True
        forward(layer, x, 30, where)


def test_default_p_is_one_half(submission, linear, rng):
    """Without a p, 0.5 is taken: kept elements are 2 * layer(x)."""
    known = linear(5, 30)
    layer = submission.Dropout(known.layer)
    x = rng.normal(size=(4, 5))
    y = forward(layer, x, 30, "Dropout()")
    expect.close(y, np.where(y != 0, 2 * known.output(x), 0), "output", "Dropout()")


def test_training_again_drops_again(submission, linear, rng):
    """After evaluation, switching back to training drops elements again."""
    known = linear(5, 200)
    layer = submission.Dropout(known.layer, p=0.5)
    x = rng.normal(size=(2, 5))
    layer.training = False
    forward(layer, x, 200, "Dropout(p=0.5), training=False")
    layer.training = True
    dropped = forward(layer, x, 200, "Dropout(p=0.5)") == 0
    assert dropped.any(), "after evaluation no element is dropped any more [Dropout(p=0.5)]"


@pytest.mark.parametrize("training", [True, False])
def test_forward_leaves_its_arguments_untouched(submission, linear, rng, training):
    """The forward pass changes neither x nor the layer's parameters."""
    known = linear(4, 6)
    layer = submission.Dropout(known.layer, p=0.5)
    layer.training = training
    x = rng.normal(size=(3, 4))
    before = x.copy()
    for _ in range(2):
        layer(x)
    expect.untouched(x, before, "x", "Dropout(p=0.5)")
    known.assert_untouched("Dropout(p=0.5)")

"""The forward pass of Dropout: what is dropped, how often, how independently, and what is kept.

Statistical bounds: each check by `masks.assert_by_chance` rejects a right layer with a chance of at
most 1e-9, and a submission meets fewer than 20 of them: together less than one in ten million.
"""

import numpy as np
import pytest

from autograder import expect, masks

CALLS = 64
RATES = {"low p": (0.1, 0.3), "middle p": (0.4, 0.48), "high p": (0.7, 0.9)}  # never 1 - p
TRIES = 60  # calls until something is kept, and something dropped: 0.9**60 is 0.002


def forward(layer, x, out_features, where):
    return expect.array(layer(x), (len(x), out_features), "output", where)


def draw_p(rng, low=0.35, high=0.65):
    return round(rng.uniform(low, high), 3)


@pytest.fixture
def look_at(submission, linear, numbers, rng):
    """A function that checks what a look at masks finds: see `autograder.masks`."""

    def check(look, p=None, calls=CALLS, rows=None, units=None):
        p = p or draw_p(rng)
        rows, units = rows or int(rng.integers(8, 12)), units or int(rng.integers(9, 13))
        where = f"Dropout(p={p})"
        known = linear(6, units)
        x = numbers(rows, 6)  # the same in each call: the masks are not

        def draw(number):
            layer = submission.Dropout(known.layer, p=p)
            return np.array([forward(layer, x, units, where) == 0 for _ in range(number)])

        chosen = masks.values(known.output(x)) if look is masks.values else look
        masks.assert_by_chance(draw, calls, chosen, where)

    return check


@pytest.mark.essential
def test_training_drops_some_outputs_and_keeps_some(submission, linear, numbers):
    """While training, some elements of the output are zero and others are not."""
    known = linear(6, 30)
    layer = submission.Dropout(known.layer, p=0.5)
    dropped = forward(layer, numbers(20, 6), 30, "Dropout(p=0.5)") == 0
    assert dropped.any(), "no element of the output is zero [Dropout(p=0.5)]"
    assert not dropped.all(), "every element of the output is zero [Dropout(p=0.5)]"


@pytest.mark.parametrize("rate", RATES)
def test_kept_elements_are_scaled(submission, linear, numbers, rng, sizes, rate):
    """Each kept element is layer(x) / (1 - p), for any p, batch and layer size."""
    rows, in_features, out_features = sizes
    p = draw_p(rng, *RATES[rate])
    known = linear(in_features, out_features)
    layer = submission.Dropout(known.layer, p=p)
    seen = 0
    for call in range(TRIES):
        x = numbers(rows, in_features)
        where = f"Dropout(p={p}){known.given(x=x)}"
        y = forward(layer, x, out_features, where)
        kept = y != 0
        expect.close(y, np.where(kept, known.output(x) / (1 - p), 0), "output", where)
        seen += int(kept.sum())
        if call >= 3 and seen:
            return


@pytest.mark.parametrize("hundredths", [(2, 6), (40, 60), (92, 98)], ids=list(RATES))
def test_drop_rate_is_p(look_at, rng, hundredths):
    """Each element is dropped with probability p."""
    p = (10 * int(rng.integers(*hundredths)) + 5) / 1000  # no whole hundredths: p is not rounded
    look_at(masks.rate(p), p, calls=2, rows=200, units=90)


def test_every_unit_and_row_is_dropped_at_the_same_rate(look_at):
    """No unit, no row of the batch and no call has more elements dropped than another."""
    look_at(masks.groups)


def test_dropping_does_not_depend_on_the_values(look_at):
    """Whether an element is dropped does not depend on its value."""
    look_at(masks.values, calls=40, rows=12, units=20)


def test_units_and_rows_are_dropped_independently(look_at):
    """Whether an element is dropped depends neither on its neighbours nor on any other element."""
    look_at(masks.pairs)
    look_at(masks.neighbours)
    look_at(masks.neighbours, calls=1, rows=120, units=90)


def test_number_of_dropped_elements_is_left_to_chance(look_at):
    """How many elements are dropped is left to chance: no fixed number in a call, row or unit."""
    look_at(masks.counts((1, 2), "a call"))
    look_at(masks.counts((2,), "a row"))
    look_at(masks.counts((1,), "a unit"))


def test_each_call_draws_a_fresh_mask(look_at):
    """Each call draws its own mask, independent of the calls before it."""
    look_at(masks.repetition)
    look_at(masks.never_changing)


def test_evaluation_returns_the_layers_output(submission, linear, numbers, rng):
    """When not training, the output is layer(x), unchanged, before and after training."""
    p = draw_p(rng, 0.2, 0.4)
    known = linear(1, 1)
    layer = submission.Dropout(known.layer, p=p)
    for rows in (1, 4, 1, 3):
        layer.training = False
        x = numbers(rows, 1)
        where = f"Dropout(p={p}), training=False{known.given(x=x)}"
        expect.close(forward(layer, x, 1, where), known.output(x), "output", where)
        layer.training = True
        forward(layer, x, 1, where)
    wide = linear(5, 30)
    layer = submission.Dropout(wide.layer, p=p)
    layer.training = False
    x = numbers(3, 5)
    where = f"Dropout(p={p}), training=False"
    expect.close(forward(layer, x, 30, where), wide.output(x), "output", where)


def test_default_p_is_one_half(submission, linear, numbers):
    """Without a p, 0.5 is taken: kept elements are 2 * layer(x)."""
    known = linear(5, 30)
    layer = submission.Dropout(known.layer)
    x = numbers(4, 5)
    y = forward(layer, x, 30, "Dropout()")
    expect.close(y, np.where(y != 0, 2 * known.output(x), 0), "output", "Dropout()")


def test_training_again_drops_again(submission, linear, numbers):
    """After evaluation, switching back to training drops elements again."""
    known = linear(5, 200)
    layer = submission.Dropout(known.layer, p=0.5)
    x = numbers(2, 5)
    layer.training = False
    forward(layer, x, 200, "Dropout(p=0.5), training=False")
    layer.training = True
    dropped = forward(layer, x, 200, "Dropout(p=0.5)") == 0
    assert dropped.any(), "after evaluation no element is dropped any more [Dropout(p=0.5)]"


@pytest.mark.parametrize("training", [True, False])
def test_forward_leaves_its_arguments_untouched(submission, linear, numbers, training):
    """The forward pass changes neither x nor the layer's parameters."""
    known = linear(4, 6)
    layer = submission.Dropout(known.layer, p=0.5)
    layer.training = training
    x = numbers(3, 4)
    before = x.copy()
    for _ in range(2):
        layer(x)
    expect.untouched(x, before, "x", "Dropout(p=0.5)")
    known.assert_untouched("Dropout(p=0.5)")

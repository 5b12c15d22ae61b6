"""The forward pass of Dropout: what is dropped, how often, how independently, and what is kept.

Statistical bounds: each check by `masks.assert_by_chance` rejects a right layer with a chance of at
most 1e-9, and a submission meets fewer than 20 of them: together less than one in ten million.
"""

import contextlib
from dataclasses import replace
from functools import partial

import numpy as np
import pytest

from autograder.kit import StudentError, expect, masks, repeat, together

CALLS = 64
RATES = [(0.1, 0.3), (0.4, 0.48), (0.7, 0.9), (0.02, 0.09)]  # never 1 - p
# p, neither a whole hundredth nor near a 64th, and (rows, units)
LARGE = [
    ((0.025, 0.035, 0.055), (200, 90)),
    ((0.405, 0.555), (1100, 16)),
    ((0.915, 0.965), (16, 900)),
]


def forward(layer, x, out_features, where):
    return expect.array(layer(x.copy()), (len(x), out_features), "output", where)


def dropped(layer, x, calls, shape, where):
    """Return what was dropped in each of several calls, bool of shape (calls, rows, units)."""
    outputs = repeat(layer, calls, x)
    return np.array([expect.array(y, shape, "output", where) == 0 for y in outputs])


def draw_p(rng, low=0.35, high=0.65):
    return round(rng.uniform(low, high), 3)


class Drawn:
    """Masks of layers with one p, drawn when they are needed; `x` is the same in each call."""

    def __init__(self, submission, known, x, p):
        self.submission, self.known, self.x, self.p = submission, known, x, p
        self.h = known.output(x)
        self.where = f"Dropout(p={p}), output.shape={self.h.shape}"
        self.first = None

    def draw(self, calls, skipped=0):
        """Return the masks of a new layer; the first masks are kept for the first look of each check."""
        if self.first is not None and calls == len(self.first):
            return self.first
        layer = self.submission.Dropout(self.known.layer, p=self.p)
        if self.first is None:
            self.first = dropped(layer, self.x, calls, self.h.shape, self.where)
            return self.first
        return dropped(layer, self.x, skipped + calls, self.h.shape, self.where)[skipped:]

    def check(self, look, calls=CALLS):
        # these take the oddest of thousands of pairs; and a layer that is seeded when it is made
        # begins with the very masks in which it was found
        skipped = calls if look in (masks.pairs, masks.neighbours) else 0
        seen = masks.Seen()
        seen.add(~self.draw(calls, skipped), self.p)
        seen.check(self.where)
        masks.assert_by_chance(lambda n: self.draw(n, skipped), calls, look, self.where)


@pytest.fixture
def drawn(submission, linear, numbers):
    """A function that returns masks to look at."""

    def prepare(p, rows, units):
        return Drawn(submission, linear(7, units), numbers(rows, 7), p)

    return prepare


@pytest.fixture
def of_many_calls(once, drawn, rng):
    """The same masks for all properties that look at many calls."""
    rows, units = int(rng.integers(7, 10)), int(rng.integers(11, 14))
    return once("of many calls", lambda: drawn(draw_p(rng), rows, units))


@pytest.mark.essential
@pytest.mark.criterion("drops")
def test_training_drops_some_outputs_and_keeps_some(submission, linear, numbers):
    """While training, some elements of the output are zero and others are not."""
    known = linear(6, 30)
    layer = submission.Dropout(known.layer, p=0.5)
    dropped = forward(layer, numbers(20, 6), 30, "Dropout(p=0.5)") == 0
    assert dropped.any(), "no element of the output is zero [Dropout(p=0.5)]"
    assert not dropped.all(), "every element of the output is zero [Dropout(p=0.5)]"


@pytest.mark.criterion("scales")
def test_kept_elements_are_scaled(submission, linear, numbers, cases, attempt):
    """Each kept element is layer(x) / (1 - p), for any p, batch and layer size, in each call."""
    seen = masks.Seen()
    for (rows, in_features, out_features), p in cases(RATES):
        known = linear(in_features, out_features)
        layer = submission.Dropout(known.layer, p=p)

        def judge(y, x, present, when="", p=p):
            where = f"Dropout(p={p}){when}{present.given(x=x)}"
            h = present.output(x)
            y = expect.array(y, h.shape, "output", where)
            expect.close(y, np.where(y != 0, h / (1 - p), 0), "output", where)
            return y

        x, large = numbers(rows, in_features), 100 * numbers(rows + 1, in_features)
        weights = numbers(in_features, out_features)
        before, after = replace(known), replace(known, weights=weights.copy())

        def call_with_other_weights(known=known, weights=weights, layer=layer, x=x):
            known.set_weights(weights)
            return layer(x.copy())

        asked = (partial(layer, x.copy()), call_with_other_weights, partial(layer, large.copy()))
        told = ((x, before), (x, after), (large, after))
        for y, (given, present) in zip(together(layer, *asked), told, strict=True):
            judge(y, given, present)
        layer.training = False
        attempt(layer, "__call__", x.copy())
        layer.training = True

        def take(rows=rows, in_features=in_features, layer=layer, known=known, judge=judge):
            x = numbers(rows, in_features)
            return judge(layer(x.copy()), x, known, ", after a call with training=False"), None

        masks.until_kept(take, p, seen)
    seen.check("Dropout")


@pytest.mark.criterion("drops")
def test_drop_rate_is_p(drawn, rng):
    """Each element is dropped with probability p, whatever the size of the batch and the layer."""
    for rates, (rows, units) in LARGE:
        p = rng.choice(rates)
        drawn(p, rows, units).check(masks.rate(p), calls=2)
    rare = round(rng.uniform(4e-4, 6e-4), 6)  # a draw of a thousand whole numbers is too coarse
    drawn(rare, rows=200, units=90).check(masks.rate(rare), calls=2)
    for rows, units, calls in [(1, 1, 48), (1, 12, 8), (12, 1, 8)]:
        drawn(0.5, rows, units).check(masks.rate(0.5), calls)


@pytest.mark.criterion("drops")
def test_every_unit_and_row_is_dropped_at_the_same_rate(of_many_calls):
    """No unit, no row of the batch and no call has more elements dropped than another."""
    of_many_calls.check(masks.groups)


@pytest.mark.criterion("drops")
def test_dropping_does_not_depend_on_the_values(of_many_calls):
    """Whether an element is dropped does not depend on its value."""
    of_many_calls.check(masks.values(of_many_calls.h))


@pytest.mark.criterion("drops")
def test_units_and_rows_are_dropped_independently(of_many_calls, drawn, rng):
    """Whether an element is dropped depends neither on its neighbours nor on any other element."""
    of_many_calls.check(masks.pairs)
    of_many_calls.check(masks.neighbours)
    drawn(draw_p(rng), rows=10, units=10).check(masks.pairs)
    drawn(draw_p(rng), rows=120, units=90).check(masks.neighbours, calls=1)


@pytest.mark.criterion("drops")
def test_number_of_dropped_elements_is_left_to_chance(of_many_calls, drawn, rng):
    """How many elements are dropped is left to chance: no fixed number in a call, row or unit."""
    of_many_calls.check(masks.counts((1, 2), "a call"))
    of_many_calls.check(masks.counts((2,), "a row"))
    of_many_calls.check(masks.counts((1,), "a unit"))
    drawn(draw_p(rng), rows=3, units=4).check(masks.counts((1, 2), "a call"), calls=40)
    drawn(draw_p(rng), rows=90, units=80).check(masks.counts((1, 2), "a call"), calls=2)


@pytest.mark.criterion("anew")
def test_each_call_draws_a_fresh_mask(of_many_calls):
    """Each call draws its own mask, independent of the calls before it."""
    of_many_calls.check(masks.repetition)
    of_many_calls.check(masks.succession)
    of_many_calls.check(masks.never_changing)


@pytest.mark.criterion("evaluation")
def test_evaluation_returns_the_layers_output(submission, linear, numbers, rng):
    """When not training, the output is layer(x), unchanged, before and after training."""
    p = draw_p(rng, 0.2, 0.4)
    for units in (1, 30):
        known = linear(1, units)
        layer = submission.Dropout(known.layer, p=p)
        for rows in (1, 4):
            x = numbers(rows, 1)
            for weights in (known.weights, known.weights + 1):
                layer.training = False
                known.set_weights(weights)
                where = f"Dropout(p={p}), training=False{known.given(x=x)}"

                def evaluate(layer=layer, x=x):
                    return layer(x.copy())

                def train(layer=layer, x=x):
                    layer.training = True
                    return layer(x.copy())

                # the first call may not end it
                *evaluated, trained = together(layer, evaluate, evaluate, train)
                for y in evaluated:
                    expect.close(y, known.output(x), "output", where)
                expect.array(trained, (rows, units), "output", where)


@pytest.mark.criterion("scales")
def test_at_its_ends_p_drops_nothing_or_everything(submission, linear, numbers):
    """With p = 0 nothing is dropped, and with p = 1 everything."""
    known = linear(3, 2)
    x = numbers(2, 3)
    for p, share in ((0.0, 1.0), (1.0, 0.0)):
        where = f"Dropout(p={p:g}){known.given(x=x)}"
        with contextlib.suppress(StudentError):  # that p = 1 divides by zero is no reason to fail
            y = submission.Dropout(known.layer, p=p)(x.copy())
            if not (isinstance(y, np.ndarray) and y.dtype.kind == "f" and np.isnan(y).any()):
                expect.close(y, share * known.output(x), "output", where)


@pytest.mark.criterion("keeps")
def test_two_layers_keep_their_own_p(submission, linear, numbers):
    """A layer scales as before when another one with another p is made beside it."""
    known, x, where = linear(4, 60), numbers(5, 4), "Dropout(p=0.2)"
    layer = submission.Dropout(known.layer, p=0.2)
    scales = []

    def take():
        y = forward(layer, x, 60, where)
        return y, y

    seen = masks.Seen()
    for _ in range(2):
        y = masks.until_kept(take, 0.2, seen)
        seen.check(where)
        scale = float(np.median((y / known.output(x))[y != 0]))
        scales.append(expect.number(scale, "output / layer(x)", where))
        submission.Dropout(linear(4, 60).layer, p=0.7)
    alone, beside = scales
    assert np.isclose(alone, beside), (
        f"kept elements are {alone:.6g} * layer(x), but {beside:.6g} * layer(x) once there is "
        f"another layer with p=0.7 [{where}]"
    )


@pytest.mark.criterion("keeps")
def test_default_p_is_one_half(submission, linear, numbers):
    """Without a p, 0.5 is taken: kept elements are 2 * layer(x)."""
    known = linear(3, 2)
    layer = submission.Dropout(known.layer)

    def take():
        x = numbers(2, 3)
        where = f"Dropout(){known.given(x=x)}"
        y = forward(layer, x, 2, where)
        expect.close(y, np.where(y != 0, 2 * known.output(x), 0), "output", where)
        return y, None

    seen = masks.Seen()
    masks.until_kept(take, 0.5, seen)
    seen.check("Dropout()")


@pytest.mark.criterion("evaluation")
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
    assert not dropped.all(), "after evaluation every element is dropped [Dropout(p=0.5)]"


@pytest.mark.criterion("keeps")
def test_forward_leaves_its_arguments_untouched(submission, linear, numbers):
    """The forward pass changes neither x nor the layer's parameters."""
    known = linear(4, 6)
    layer = submission.Dropout(known.layer, p=0.5)
    x = numbers(3, 4)
    before = x.copy()
    for training in (True, False, True):
        layer.training = training
        layer(x)
    expect.untouched(x, before, "x", "Dropout(p=0.5)")
    known.assert_untouched("Dropout(p=0.5)")


def distinct(values):
    """Return the different numbers among values if they are few; otherwise nothing."""
    found = np.unique(np.round(values, 5))
    return found if found.size <= 4 else None


def multiples(y, known, x):
    """Return the factors of elements, and the expression that has been multiplied, as text."""
    h, kept = known.output(x), y != 0
    data = x @ known.weights
    whole = {"layer(x)": y / h, "layer(x) without the bias": (y - known.bias) / data}
    inside = {
        "x": (y - known.bias) @ np.linalg.pinv(known.weights) / x,
        "weights": np.linalg.pinv(x) @ (y - known.bias) / known.weights,
    }
    shares = {
        "layer(x), over the share kept": kept.mean(),
        "layer(x), over the share kept in a row": kept.mean(axis=1, keepdims=True),
        "layer(x), over the share kept in a unit": kept.mean(axis=0),
    }
    candidates = whole | {name: y / h * share for name, share in shares.items()} | inside
    for name, ratios in candidates.items():
        if (found := distinct(ratios)) is not None:
            return name, found
    parts = np.stack([data[kept], np.broadcast_to(known.bias, y.shape)[kept]], axis=1)
    fit, *_ = np.linalg.lstsq(parts, y[kept], rcond=None)
    if np.allclose(parts @ fit, y[kept]):
        return "layer(x) in two parts", fit
    return "no multiples"


def named_rate(dropped, p):
    """Return the formula that a share is close to, or else the share with two digits."""
    names = {"p": p, "1 - p": 1 - p, "p squared": p**2, "twice": 1 - (1 - p) ** 2, "half": 0.5}
    hundredths = {"p, cut": np.floor(100 * p) / 100, "p, rounded up": np.ceil(100 * p) / 100}
    shares = {"none": 0.0, "all": 1.0, **names, **hundredths}
    name = min(shares, key=lambda name: abs(shares[name] - dropped.mean()))
    close = abs(shares[name] - dropped.mean()) < min(0.03, 0.15 * p)
    return name if close else f"about {dropped.mean():.1f}"


def pattern(dropped):
    """Return what the masks of some calls have in common, as text."""
    if (dropped == dropped[:, :1, :1]).all():
        return "all or nothing"
    if (dropped == dropped[0]).all():
        return "one mask for all calls"
    if (dropped == dropped[:, :1]).all():
        return "one mask for all rows"
    if (dropped == dropped[:, :, :1]).all():
        return "one mask for all units"
    return ""


def frozen(dropped):
    """Return whether each call drops the same elements, whichever these are."""
    return (dropped == dropped[0]).all() and dropped.any() and not dropped.all()


@pytest.fixture
def watch(submission, linear, numbers):
    """A function that makes a layer, and calls it on x a number of times."""

    def make(p, calls=1, rows=12, units=16):
        known = linear(5, units)
        layer = submission.Dropout(known.layer, p=p)
        x = numbers(rows, 5)
        outputs = [expect.array(y, (rows, units), "output", "") for y in repeat(layer, calls, x)]
        return known, layer, x, outputs

    return make


def observe_multiples(watch):
    seen = []
    for p in (0.35, 0.8):
        known, _, x, [y] = watch(p)
        seen.append(multiples(y, known, x))
    return seen


def observe_rate(watch):
    seen = []
    for p in (0.025, 0.35, 0.8):
        *_, outputs = watch(p, 40, 30, 40)
        dropped = np.array(outputs) == 0
        # where elements are tied, a small rate is left to chance even in so many
        seen.append(named_rate(dropped, p) if p > 0.1 or not pattern(dropped) else "")
    return pattern(dropped) if pattern(dropped) == "all or nothing" or frozen(dropped) else seen


def observe_what_is_not_left_to_chance(watch):
    known, _, x, outputs = watch(0.4, CALLS, 10, 12)
    dropped = np.array(outputs) == 0
    looks = {
        "a call, row or unit differs": masks.groups,
        "the values matter": masks.values(known.output(x)),
        "masks come back": masks.repetition,
        "masks are like the ones before": masks.succession,
        "elements are tied": masks.pairs,
        "neighbours are tied": masks.neighbours,
        "the count in rows": masks.counts((2,), ""),
        "the count in units": masks.counts((1,), ""),
        "the count in calls": masks.counts((1, 2), ""),
    }
    # the first that is found says it all: what else is found may be left to chance
    found = (name for name, look in looks.items() if look(dropped, None).chance < masks.CHANCE)
    return pattern(dropped) or next(found, "nothing")


def observe_what_is_never_dropped(watch):
    *_, outputs = watch(0.4, CALLS, 10, 12)
    dropped = np.array(outputs) == 0
    ever = dropped.any(axis=0)
    if not ever.any():
        return "nothing is dropped"
    if frozen(dropped):
        return "one mask for all calls"
    return {"rows": np.flatnonzero(~ever.any(axis=1)), "units": np.flatnonzero(~ever.any(axis=0))}


def observe_narrow_outputs(watch):
    seen = {}
    for rows, units in ((12, 1), (1, 12), (1, 1)):
        *_, outputs = watch(0.4, 40, rows, units)
        dropped = np.array(outputs) == 0
        if frozen(dropped):
            return "one mask for all calls"
        seen[rows, units] = "some" if dropped.any() and not dropped.all() else dropped.any()
    return seen


def observe_no_rate(watch):
    known, _, x, [y] = watch(0.0)
    return multiples(y, known, x)


def observe_what_the_masks_share(submission, watch):
    known, layer, x, outputs = watch(0.4, 5)
    first, second, *_ = dropped = np.array(outputs) == 0
    if pattern(dropped) == "all or nothing":
        return pattern(dropped)
    twin = submission.Dropout(known.layer, p=0.4)
    smaller = np.abs(known.output(x)) < np.median(np.abs(known.output(x)))
    return {
        "second call like the first": (first == second).all(),
        "for another x": (first == (forward(layer, 2 - x, 16, "") == 0)).all(),
        "for fewer rows": (first[:5] == (forward(layer, x[:5], 16, "") == 0)).all(),
        "in another layer": (first == (forward(twin, x, 16, "") == 0)).all(),
        "smallest values": smaller[first].mean() > 0.99,
    }


def observe_later_calls(watch):
    known, _, x, outputs = watch(0.35, 6, 60, 50)
    shares = [(y == 0).mean() for y in outputs]
    return [
        (multiples(y, known, x), "none" if share == 0 else "all" if share == 1 else "some")
        for y, share in zip(outputs, shares, strict=True)
    ]


def observe_evaluation(watch):
    known, layer, x, _ = watch(0.35, 0)
    seen = []
    for training in (False, None, True, False, None, True):  # None: as the call before left it
        if training is not None:
            layer.training = training
        y = layer(x.copy())
        if np.shape(y) == np.shape(x):
            seen.append("x" if np.allclose(y, x) else "of the shape of x")
        seen.append(multiples(expect.array(y, (12, 16), "output", ""), known, x))
    return seen


def observe_the_wrapped_layers_training(watch):
    known, layer, x, _ = watch(0.35, 0)
    known.layer.training = False
    return multiples(forward(layer, x, 16, ""), known, x)


def observe_beside_another_layer(submission, linear, numbers):
    known, x = linear(5, 40), numbers(12, 5)
    layer = submission.Dropout(known.layer, p=0.35)
    submission.Dropout(linear(5, 40).layer, p=0.8)
    return multiples(forward(layer, x, 40, ""), known, x)


def observe_with_new_weights(submission, linear, numbers):
    known, x = linear(5, 40), numbers(12, 5)
    layer = submission.Dropout(known.layer, p=0.35)
    known.set_weights(numbers(5, 40))
    return multiples(forward(layer, x, 40, ""), known, x)


def observe_default(submission, linear, numbers):
    known = linear(5, 30)
    x = numbers(12, 5)
    y = forward(submission.Dropout(known.layer), x, 30, "")
    whole = y / known.output(x)
    return "twice" if np.allclose(whole[y != 0], 2) else "not twice", (y == 0).any()


def observe_sizes(submission, numbers, linear, telling_sizes):
    seen = []
    for rows, in_features, out_features in telling_sizes:
        known = linear(in_features, out_features)
        layer = submission.Dropout(known.layer, p=0.35)
        x = numbers(rows, in_features)
        h = known.output(x)
        calls = [expect.array(y, h.shape, "output", "") / h for y in repeat(layer, 12, x)]
        seen.append(distinct(np.array(calls)))
    return seen


def observe_changes_in_place(watch):
    seen = {}
    for training in (True, False):
        known, layer, x, _ = watch(0.35, 0)
        layer.training = training
        before = x.copy()
        for _ in range(2):
            layer(x)
        weights, bias = known.present("")
        pairs = [(x, before), (weights, known.weights), (bias, known.bias)]
        seen[training] = [np.array_equal(*pair) for pair in pairs]
    return seen

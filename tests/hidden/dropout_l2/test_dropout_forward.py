"""The forward pass of Dropout: what is dropped, how often, how independently, and what is kept.

Each fact is judged where other mistakes cannot disturb it:

- the rate and the independence of elements: in the first masks of new layers and in single large
  masks. A mask that does not change from call to call is right in these;
- new masks: by how calls depend on each other, whatever the elements of one mask have in common;
- the scale: by the elements that are kept, in calls that drop some and keep some;
- evaluation: by the parameters that the layer has then.

Each judgement of `masks` fails a right layer with a chance of at most 1e-9, and a submission meets
fewer than 40 of them: together less than one in ten million.
"""

import contextlib
from functools import partial

import numpy as np
import pytest

from autograder.kit import (
    Parts,
    StudentError,
    call_new,
    expect,
    masks,
    repeat,
    series,
    take_turns,
    together,
)

MASKS = 64  # of small outputs, to compare elements
CALLS, STEPS = 256, 48  # of one layer
PAIRS = 48  # of new layers that are compared
EVALUATIONS = 8  # between steps of training
BY_ZERO = ("ZeroDivisionError", "nan or infinite")  # in errors: of numbers, and of arrays
ONE_COIN = "all or nothing"  # what is dropped in a call
USUAL, RIGHT = "as usual", ("layer(x)", np.array([1.0]))  # factors that are observed
CHANGES_P = "calls change p"
BY_RATE = 1e-6  # the chance of a rate that does not belong to a scale
# p, neither a whole hundredth nor near a 64th, and (rows, units)
LARGE = [
    ((0.025, 0.035, 0.055), (200, 90)),
    ((0.405, 0.555), (1100, 16)),
    ((0.915, 0.965), (16, 900)),
    ((0.9875, 0.9925), (16, 900)),
]
TINY = [(1, 1, 96), (1, 2, 160), (1, 12, 8), (12, 1, 8)]  # rows, units, masks
ZEROS = 9  # in_features: for these, layer(x) is zero in a row
SIZES = [  # rows, in_features, out_features, and a range for p, which is never 1 - p
    (2, 2, 3, 0.1, 0.3),  # a message shows all numbers
    (2, 3, 2, 0.7, 0.9),
    (1, 7, 90, 0.02, 0.09),
    (5, 3, 70, 0.4, 0.48),
    (40, 8, 1, 0.1, 0.3),
    (6, ZEROS, 20, 0.52, 0.6),
    (1100, 3, 2, 0.7, 0.9),
    (3, 2, 300, 0.97, 0.99),
]


def some_p(rng, low=0.35, high=0.65):
    return round(rng.uniform(low, high), 3)


class Draws:
    """Masks of a layer that are drawn apart from each other, as far as the code does so.

    They are the first masks of new layers. If these are all the same, as with a generator that each
    layer makes from the same seed, they are the masks of one layer's calls. If these are the same,
    too, there is one mask: the code draws no other.
    """

    def __init__(self, dropout, first_calls, known, x, p, source):
        self.dropout, self.first_calls = dropout, first_calls
        self.known, self.x, self.p, self.source = known, x, p, source
        self.h = known.output(x)
        self.where = f"Dropout(p={p}), output.shape={self.h.shape}"
        self.layer = self.first = None

    def __call__(self, count):
        """Return the next masks; the first ones are kept, for the first look of each check."""
        if self.first is not None and len(self.first) == count:
            return self.first
        self.known.reset()
        drawn = masks.of_each(self.source(self, count), self.h.shape, self.where)
        if self.first is None:
            self.first = drawn
        return drawn

    def of_new_layers(self, count):
        return self.first_calls(self.known, self.x, *[{"p": self.p}] * count)

    def of_one_layer(self, count):
        if self.layer is None:
            self.layer = self.dropout(self.known.layer, p=self.p)
        return repeat(self.layer, count, self.x)

    def of_one_call(self, _):
        return self.of_new_layers(1)

    def check(self, look, count=MASKS):
        masks.assert_by_chance(self, count, look, self.where)


@pytest.fixture
def dropout(submission):
    """A function that makes a layer and sets it to training.

    Whether a new layer is in training is another fact.
    """

    def make(layer, **settings):
        made = submission.Dropout(layer, **settings)
        made.training = True
        return made

    return make


@pytest.fixture
def first_calls(submission):
    """A function that returns the first outputs of new layers, each made with other arguments."""

    def call(known, x, *each):
        return call_new(submission.Dropout, [known.layer], each, {"training": True}, x)

    return call


@pytest.fixture
def source(once, dropout, first_calls, linear, numbers):
    """Where the masks of `Draws` come from."""

    def choose():
        for way in (Draws.of_new_layers, Draws.of_one_layer):
            first, *others = Draws(dropout, first_calls, linear(5, 20), numbers(20, 5), 0.5, way)(4)
            # to drop nothing or all in each call is no sign of a seed
            if (first != others).any() or first.all() or not first.any():
                return way
        return Draws.of_one_call

    return once("source", choose)


@pytest.fixture
def draws(dropout, first_calls, linear, numbers, source):
    """A function that returns masks to look at."""

    def prepare(p, rows, units):
        x = numbers(rows, 7)
        x[-1] = x[0]  # equal rows have masks of their own
        return Draws(dropout, first_calls, linear(7, units), x, p, source)

    return prepare


@pytest.fixture
def small(once, draws, rng):
    """The same small masks for all properties that compare elements in many of them."""
    rows, units = int(rng.integers(7, 10)), int(rng.integers(11, 14))
    return once("small", lambda: draws(some_p(rng), rows, units))


@pytest.fixture
def large(once, draws):
    """The same large mask, with the default p, for all properties that compare its elements."""
    return once("large", lambda: draws(0.5, 120, 90))


class Training:
    """One layer that is called on the same x again and again."""

    p, where = 0.45, "Dropout(p=0.45)"

    def __init__(self, dropout, known, x, grad_output):
        self.known, self.x, self.grad_output = known, x, grad_output
        self.h = known.output(x)
        self.layer = dropout(known.layer, p=self.p)

    def calls(self, count):
        """Return the outputs of calls, one after the other."""
        outputs = []
        for start in range(0, count, CALLS):
            self.known.reset()
            outputs += repeat(self.layer, min(CALLS, count - start), self.x)
        return outputs

    def steps(self, count):
        """Return the outputs of calls, with a backward pass before each but the first.

        A layer without a right one is called only. The last call has the known parameters.
        """

        self.known.reset()
        try:
            call, step_back = (self.layer, self.x), (self.layer.backward, self.grad_output)
            outputs = take_turns(count - 1, call, step_back)[::2]
        except StudentError:
            outputs = self.calls(count - 1)
        self.known.reset()
        return [*outputs, self.layer(self.x.copy())]

    def evaluate(self):
        self.layer.training = False
        with contextlib.suppress(StudentError):
            repeat(self.layer, EVALUATIONS, self.x)
        self.layer.training = True

    def masks(self, outputs):
        return masks.of_each(outputs, self.h.shape, self.where)


@pytest.fixture
def training(dropout, linear, numbers):
    """A function that makes a new layer to be trained."""
    return lambda: Training(dropout, linear(6, 30), numbers(30, 6), numbers(30, 30))


@pytest.fixture
def trained(once, training):
    """A layer, and its outputs in steps of training: at first, and twice after evaluation."""

    def train():
        layer = training()
        parts = [layer.steps(STEPS)]
        for _ in range(2):
            layer.evaluate()
            parts.append(layer.steps(STEPS))
        return layer, parts

    return once("trained", train)


@pytest.fixture
def called(once, training):
    """A layer, and its outputs in many calls."""

    def call():
        layer = training()
        return layer, layer.calls(CALLS)

    return once("called", call)


@pytest.fixture
def check_calls(once, called):
    """A function that checks whether the calls of a layer draw new masks, once for all properties."""
    layer, outputs = called
    return lambda: once("calls", lambda: check_series(layer, layer.calls, outputs))


def check_series(layer, make, outputs):
    """Check the masks of some calls, and those of more calls if the first look unlikely."""
    first = layer.masks(outputs)
    for start in range(0, len(first), STEPS):
        part = first[start : start + STEPS]
        masks.judge(series.never_drawn_anew(part, layer.p), part, layer.where)
    masks.judge(series.recurrence(first), first, layer.where)
    masks.assert_by_chance(
        lambda n: first if n == len(first) else layer.masks(make(n)),
        len(first),
        series.echo,
        layer.where,
    )


@pytest.mark.essential
@pytest.mark.criterion("drops")
def test_training_drops_some_outputs_and_keeps_some(dropout, linear, numbers):
    """While training, some elements of the output are zero and others are not."""
    some = set()
    for p, rows in ((0.4, 6), (0.7, 40)):  # with a seed, few random numbers may all be large
        known, where = linear(6, 60), f"Dropout(p={p})"
        outputs = repeat(dropout(known.layer, p=p), MASKS, numbers(rows, 6))
        some.update(masks.of_each(outputs, (rows, 60), where).ravel().tolist())
        if some == {True, False}:
            return
    assert True in some, f"no element of the output is zero [{where}]"
    assert False in some, f"every element of the output is zero [{where}]"


@pytest.mark.essential
@pytest.mark.criterion("scales")
def test_kept_elements_follow_the_layers_output(dropout, linear, rng):
    """What is kept is made from layer(x): it is larger where layer(x) is larger."""
    known, x, where = linear(6, 60), rng.normal(size=(6, 6)), "Dropout(p=0.4)"
    h = known.output(x)
    alike = []
    for output in repeat(dropout(known.layer, p=0.4), 4, x):
        kept = ~masks.of(output, h.shape, where)
        y = np.reshape(output, h.shape)[kept]
        if len(y) > 2 and np.isfinite(y).all():
            alike.append(correlation(y, h[kept]))
    # about 180 numbers that have nothing to do with layer(x) reach a half with a chance of 1e-11
    assert not alike or max(alike) > 0.5, (
        f"the elements that are kept are not larger where layer(x) is larger [{where}]"
    )


def correlation(a, b):
    a, b = a - a.mean(), b - b.mean()
    size = np.sqrt((a**2).sum() * (b**2).sum())
    return float((a * b).sum() / size) if size else 0.0


@pytest.mark.criterion("drops")
def test_elements_are_dropped_independently(small, large):
    """Whether an element is dropped depends neither on its neighbours nor on any other element."""
    small.check(masks.pairs)
    small.check(masks.neighbours)
    large.check(masks.neighbours, 1)


@pytest.mark.criterion("drops")
def test_every_row_unit_and_element_is_dropped_at_the_same_rate(small, large):
    """No row of the batch, no unit and no element is dropped more often than another."""
    small.check(masks.groups)
    large.check(masks.groups, 1)


@pytest.mark.criterion("drops")
def test_dropping_does_not_depend_on_the_values(small, large):
    """Whether an element is dropped does not depend on its value."""
    small.check(masks.values(small.h))
    large.check(masks.values(large.h), 1)


@pytest.mark.criterion("drops")
def test_number_of_dropped_elements_is_left_to_chance(
    small, draws, first_calls, linear, numbers, rng, called, check_calls
):
    """The number of dropped elements is left to chance: neither fixed nor far more scattered."""
    small.check(masks.counts((1, 2), "a call"))
    small.check(masks.counts((2,), "a row"))
    small.check(masks.counts((1,), "a unit"))
    draws(some_p(rng), rows=3, units=4).check(masks.counts((1, 2), "a call"), 40)
    draws(some_p(rng), rows=90, units=80).check(masks.counts((1, 2), "a call"), 2)
    known, x = linear(5, 60), numbers(50, 5)
    rates = [round(p, 3) for p in np.linspace(0.12, 0.88, 12) + rng.uniform(-0.02, 0.02, size=12)]
    outputs = first_calls(known, x, *({"p": p} for p in rates))
    where = f"Dropout, p={rates[0]} to p={rates[-1]}, output.shape=(50, 60)"
    numbers_dropped = masks.of_each(outputs, (50, 60), where).sum(axis=(1, 2))
    # by chance 1e-15, or 1e-12 with a seed, which is another fact
    assert (np.abs(numbers_dropped - 3000 * np.array(rates)) > 1).any(), (
        f"the number of dropped elements is p times the size of the output, always [{where}]"
    )
    layer, outputs = called
    try:
        check_calls()
    except AssertionError:  # whether each call draws a new mask is another fact
        return
    dropped = layer.masks(outputs)
    masks.judge(masks.counts((1, 2), "a call")(dropped, None), dropped, layer.where)


@pytest.mark.criterion("drops")
def test_drop_rate_is_p(draws, rng):
    """Each element is dropped with probability p, whatever the size of the batch and the layer."""
    for rates, (rows, units) in LARGE:
        p = rng.choice(rates)
        draws(p, rows, units).check(masks.rate(p), 1)
    rare = round(rng.uniform(4e-4, 6e-4), 6)  # a draw of a thousand whole numbers is too coarse
    draws(rare, rows=200, units=90).check(masks.rate(rare), 1)
    for rows, units, count in TINY:
        draws(0.5, rows, units).check(masks.rate(0.5), count)


@pytest.mark.criterion("drops")
def test_drop_rate_stays_p(called, trained):
    """Each element is dropped with probability p, after many calls as in the first."""
    layer, outputs = called
    last = layer.masks(outputs[-1:])
    masks.judge(masks.rate(layer.p)(last, None), last, f"{layer.where} after {CALLS} calls")
    layer, (first, *_, latest) = trained
    for outputs, when in ((first, "training"), (latest, "training and evaluation")):
        last = layer.masks(outputs[-1:])
        if outputs is first or last.any():  # whether it drops again is another fact
            masks.judge(masks.rate(layer.p)(last, None), last, f"{layer.where} after {when}")


@pytest.mark.criterion("scales")
def test_kept_elements_are_scaled(first_calls, linear, numbers, rng):
    """Each kept element is layer(x) / (1 - p), for any p, batch and layer size."""
    calls = []
    for rows, in_features, out_features, low, high in SIZES:
        p = round(rng.uniform(low, high), 3)
        known, x = linear(in_features, out_features), numbers(rows, in_features)
        if in_features == ZEROS:
            x[0] = known.bias[:] = 0  # so that layer(x) is zero
            known.reset()
        h = known.output(x)
        where = f"Dropout(p={p}){known.given(x=x)}"
        outputs = first_calls(known, x, *[{"p": p}] * 8)
        calls += [(masks.of(y, h.shape, where), y, h, p, where) for y in outputs]
    # a call that drops nothing may have no mask at all, which is another fact
    both = [each for each in calls if each[0].any() and not each[0].all()]
    for dropped, y, h, p, where in both or calls:
        expect.close(y, np.where(dropped, 0, h / (1 - p)), "output", where)


@pytest.mark.criterion("scales")
def test_scale_stays(dropout, linear, numbers, attempt, trained):
    """Kept elements are layer(x) / (1 - p) after evaluation, and after many steps of training."""
    known, x = linear(4, 60), numbers(20, 4)
    layer = dropout(known.layer, p=0.3)
    layer.training = False
    attempt(layer, "__call__", x.copy())
    layer.training = True
    long, (first, *_, latest) = trained
    for y, h, p, when in (
        (layer(x.copy()), known.output(x), 0.3, "after evaluation"),
        (first[-1], long.h, long.p, "after many calls"),
        (latest[-1], long.h, long.p, "after many calls and evaluation"),
    ):
        where = f"Dropout(p={p}) {when}"
        dropped = masks.of(y, h.shape, where)
        if not follows_its_rate(y, h, dropped):
            expect.close(y, np.where(dropped, 0, h / (1 - p)), "output", where)


def follows_its_rate(y, h, dropped):
    """Return whether kept elements are scaled for the rate at which elements are dropped.

    Then p itself has changed if the scale is wrong, which is another fact.
    """
    _, factor = told(y, h, "")
    rate = 1 - 1 / factor if factor >= 1 else 0.0
    return masks.rate(rate)(dropped[None], None).chance > BY_RATE


@pytest.mark.criterion("scales")
def test_present_parameters_are_used(dropout, linear, numbers, ways):
    """Kept elements follow the weights and the bias as they are now, however they were set."""
    known, x = linear(4, 60), numbers(8, 4)
    layer = dropout(known.layer, p=0.35)
    layer(x.copy())
    for way in ways:
        known.change(way, layer, numbers(4, 60), numbers(1, 60))
        where = f"Dropout(p=0.35), weights and bias {way}"
        y = expect.array(layer(x.copy()), (8, 60), "output", where)
        kept, h = y != 0, known.output(x)
        if kept.any():
            factor = usual_factor(y, h)  # which another property judges
            assert abs(factor) < expect.FARTHEST, (
                f"kept elements are about {factor:.3g} times layer(x) [{where}]"
            )
            expect.close(y, np.where(kept, factor * h, 0), "output", where)


def usual_factor(y, h):
    """Return the factor of most elements that are kept."""
    return float(np.median((y / h)[y != 0]))


@pytest.mark.criterion("anew")
def test_each_call_draws_a_new_mask(check_calls, training):
    """Each call draws its own mask, independent of the calls before it, and for the same x too."""
    check_calls()
    layer = training()
    first, again = layer.masks(take_turns(2, (layer.layer, layer.x), same_arrays=True))
    if first.any() and not first.all():
        assert (first != again).any(), f"two calls with the same x drop the same [{layer.where}]"


@pytest.mark.criterion("anew")
def test_each_step_of_training_draws_a_new_mask(trained):
    """Each training call draws a new mask with backward passes and evaluation between."""
    layer, parts = trained
    check_series(layer, layer.steps, [y for part in parts for y in part])


@pytest.mark.criterion("anew")
def test_a_batch_of_another_size_has_its_own_mask(dropout, linear, numbers):
    """A batch of another size gets a mask of its own size."""
    known = linear(3, 8)
    layer = dropout(known.layer, p=0.5)
    for rows in (5, 2, 9):
        masks.of(layer(numbers(rows, 3)), (rows, 8), f"Dropout(p=0.5), {rows} rows")


@pytest.mark.criterion("evaluation")
def test_evaluation_returns_the_layers_output(dropout, linear, numbers, attempt, rng):
    """When not training, the output is layer(x), unchanged, before and after training."""
    p = some_p(rng, 0.2, 0.4)
    for rows, units in ((1, 1), (4, 30)):
        known, x = linear(1, units), numbers(rows, 1)
        layer = dropout(known.layer, p=p)
        for when in ("", " after training"):
            layer.training = False
            where = f"Dropout(p={p}), training=False{when}{known.given(x=x)}"
            # the first call may not end it
            calls = [partial(layer, x.copy()), partial(layer, x.copy())]
            *outputs, parameters = together(
                layer, *calls, lambda known=known: known.layer.parameters
            )
            known.take(parameters)
            for y in outputs:
                expect.close(y, known.output(x), "output", where)
            layer.training = True
            attempt(layer, "__call__", x.copy())


@pytest.mark.criterion("evaluation")
def test_each_evaluation_has_its_own_output(dropout, linear, numbers, attempt):
    """Each evaluation pass returns layer(x) for its own x, with the parameters as they are then."""
    known, x, other = linear(4, 20), numbers(6, 4), numbers(3, 4)
    layer = dropout(known.layer, p=0.3)
    where = "Dropout(p=0.3), training=False"
    attempt(layer, "__call__", x.copy())
    for each, when in ((x, "after training"), (other, "with another x of another size")):
        known.reset()
        layer.training = False
        expect.close(layer(each.copy()), known.output(each), "output", f"{where}, {when}")
    for way in ("set all at once", "changed in place"):
        known.change(way, known.layer, numbers(4, 20), numbers(1, 20))
        layer.training = False
        y = layer(other.copy())
        known.reset()
        layer.training = True
        with contextlib.suppress(StudentError):
            if is_multiple(layer(other.copy()), known.output(other)):  # else it costs `scales`
                when = f"after the weights and the bias were {way}"
                expect.close(y, known.output(other), "output", f"{where}, {when}")


def is_multiple(y, h):
    """Return whether what is kept of an output is a multiple of h."""
    if not isinstance(y, np.ndarray) or y.size != h.size:
        return False
    y = y.reshape(h.shape)
    kept = y != 0
    return kept.any() and np.allclose(y[kept], usual_factor(y, h) * h[kept])


@pytest.mark.criterion("evaluation")
def test_a_new_layer_is_training(submission, dropout, linear, numbers):
    """A new layer is in training: it drops elements before anybody sets `training`."""
    known, x, where = linear(5, 60), numbers(4, 5), "Dropout(p=0.5)"
    new = submission.Dropout(known.layer, p=0.5)
    if not masks.of_each(repeat(new, MASKS, x), (4, 60), where).any():
        later = masks.of_each(repeat(dropout(known.layer, p=0.5), MASKS, x), (4, 60), where)
        assert not later.any(), f"a new layer drops nothing until training is set to True [{where}]"


@pytest.mark.criterion("evaluation")
def test_training_again_drops_again(dropout, linear, numbers, attempt):
    """After evaluation, switching back to training drops elements again."""
    known, x, where = linear(5, 30), numbers(4, 5), "Dropout(p=0.4) after evaluation"
    layer = dropout(known.layer, p=0.4)
    layer.training = False
    for _ in range(2):
        attempt(layer, "__call__", x.copy())
    layer.training = True
    dropped = masks.of_each(repeat(layer, MASKS, x), (4, 30), where)
    if dropped.any() and not dropped.all():
        return
    known.reset()
    usual = masks.of_each(repeat(dropout(known.layer, p=0.4), MASKS, x), (4, 30), where)
    assert dropped.any() or not usual.any(), f"no element of the output is zero [{where}]"
    assert not dropped.all() or usual.all(), f"every element of the output is zero [{where}]"


@pytest.mark.criterion("keeps")
def test_output_is_float64(dropout, linear, numbers):
    """The output is an array of float64, in training and in evaluation."""
    for rows, units in ((1, 1), (4, 30)):
        layer = dropout(linear(3, units).layer, p=0.4)
        for training in (False, True, False, True):
            layer.training = training
            with contextlib.suppress(StudentError):  # another property judges this
                y = layer(numbers(rows, 3))
                expect.float64(y, "output", f"Dropout(p=0.4), training={training}")


@pytest.mark.criterion("keeps")
def test_an_output_stays_as_it_is(dropout, linear, numbers, overwrites):
    """What a forward pass returns stays as it is when another one is made."""
    known, x, other = linear(4, 60), numbers(6, 4), numbers(6, 4)

    def calls():
        layer = dropout(known.layer, p=0.3)
        return [(layer, x), (layer, other)]

    assert not overwrites(calls), (
        "the output of one call is overwritten by the next [Dropout(p=0.3)]"
    )


@pytest.mark.criterion("keeps")
def test_no_seed_is_set(dropout, linear, numbers, sets_a_seed):
    """The layer sets no seed: what others draw from np.random after a call is left to chance."""
    known, x = linear(4, 60), numbers(6, 4)
    layers = [dropout(known.layer, p=0.4) for _ in range(3)]  # one may set a seed when it is made
    first, again = repeat(layers[2], 2, x)
    if not np.array_equal(first == 0, again == 0):  # else it costs another criterion
        assert not sets_a_seed(*(partial(layer, x.copy()) for layer in layers[:2])), (
            "after the first call of a layer, np.random.random() always returns the same numbers "
            "[Dropout(p=0.4)]"
        )


@pytest.mark.criterion("keeps")
def test_forward_leaves_its_arguments_untouched(dropout, linear, numbers, attempt):
    """The forward pass changes neither x nor the layer's parameters."""
    known = linear(4, 6)
    known.set_weights(numbers(4, 6, spread=True))
    layer = dropout(known.layer, p=0.5)
    x = numbers(3, 4, spread=True)
    before = x.copy()
    for training in (True, False, True):
        layer.training = training
        attempt(layer, "__call__", x)
    expect.untouched(x, before, "x", "Dropout(p=0.5)")
    known.assert_untouched("Dropout(p=0.5)")


def told(y, h, where):
    """Return the share of elements that is dropped, and the factor of the others, of an output."""
    dropped = masks.of(y, h.shape, where)
    size = np.abs(h[~dropped]).sum()
    factor = np.abs(np.reshape(y, h.shape)[~dropped]).sum() / size if size else 0.0
    return dropped.mean(), float(factor)


def check_alike(usual, other, text, where):
    """Check that first calls of layers of two kinds drop as often, and scale alike."""
    usual, other = np.array(usual), np.array(other)
    for column, name in enumerate(("share of dropped elements", "factor of kept elements")):
        a, b = usual[:, column], other[:, column]
        assert series.symmetric(a - b) > masks.CHANCE, (
            f"the {name} is about {np.median(b):.3g} {text.format(np.median(a))} [{where}]"
        )


@pytest.mark.criterion("keeps")
def test_two_layers_keep_their_own_p(dropout, first_calls, linear, numbers):
    """A layer keeps its p beside another one with another p, which is in evaluation."""
    known, other, x, where = linear(4, 30), linear(4, 30), numbers(8, 4), "Dropout(p=0.2)"
    alone = first_calls(known, x, *[{"p": 0.2}] * PAIRS)
    layers = [dropout(known.layer, p=0.2) for _ in range(PAIRS)]
    dropout(other.layer, p=0.7).training = False
    beside = take_turns(1, *((layer, x) for layer in layers))
    found = [[told(y, known.output(x), where) for y in outputs] for outputs in (alone, beside)]
    text = "beside another layer with p=0.7 and training=False, but {:.3g} without one"
    check_alike(*found, text, where)


@pytest.mark.criterion("keeps")
def test_default_p_is_one_half(first_calls, linear, numbers):
    """Without a p, the layer does the same as with p=0.5."""
    known, x = linear(3, 60), numbers(8, 3)
    outputs = first_calls(known, x, *[{"p": 0.5}, {}] * PAIRS)
    found = [told(y, known.output(x), "Dropout()") for y in outputs]
    check_alike(found[::2], found[1::2], "without a p, but {:.3g} with p=0.5", "Dropout()")


# the last one, since a loop that waits for a dropped element would never end
@pytest.mark.criterion("keeps")
def test_p_may_be_zero(first_calls, linear, numbers):
    """With p = 0, the output is layer(x): nothing is dropped, and nothing scaled."""
    known, x = linear(3, 200), numbers(10, 3)
    h = known.output(x)
    outputs = [*first_calls(known, x, *[{"p": 0.3}] * 4)]
    dropped = masks.of_each(outputs, h.shape, "Dropout(p=0.3)")
    right = [np.where(each, 0, h / 0.7) for each in dropped]
    # 8000 elements: a rate of 0.3 differs by so much with a chance of 1e-15
    outputs = [np.reshape(y, h.shape) for y in outputs]
    if abs(dropped.mean() - 0.3) > 0.04 or not np.allclose(outputs, right):
        return  # for another p the layer is wrong already, which costs other criteria
    [y] = first_calls(known, x, {"p": 0})
    dropped = masks.of(y, h.shape, "Dropout(p=0)")
    # a layer that drops a few has a wrong rate for small p, too, which costs another criterion
    if dropped.mean() >= 0.05:
        expect.array(y, h.shape, "output", "Dropout(p=0)")  # may be nan
        raise AssertionError(f"{dropped.mean():.0%} of the output are dropped [Dropout(p=0)]")
    expect.close(y, np.where(dropped, 0, h), "output", "Dropout(p=0)")


def forward(layer, x, out_features):
    return expect.array(layer(x.copy()), (len(x), out_features), "output", "")


def distinct(values):
    """Return the different numbers among values if they are few; otherwise nothing."""
    found = np.unique(np.round(values, 5))
    return found if found.size <= 4 else None


def multiples(y, known, x):
    """Return the factors of elements, and the expression that has been multiplied, as text.

    A share that is found has been used: observations have a p, or an odd number of elements, for which
    no share is 1 - p by chance.
    """
    h, kept = known.output(x), y != 0
    data = x @ known.weights
    found, counts = np.unique(y.round(6), return_counts=True)
    added = found[counts.argmax()]  # to what is dropped, as in h * mask / 1 - p
    whole = {
        "layer(x)": y / h,
        "layer(x) without the bias": (y - known.bias) / data,
        "layer(x), and a number added": (y - added) / h,
    }
    inside = {
        "x": (y - known.bias) @ np.linalg.pinv(known.weights) / x,
        "weights": np.linalg.pinv(x) @ (y - known.bias) / known.weights,
    }
    shares = {
        "layer(x), over the share kept": kept.mean(),
        "layer(x), over the share kept in a row": kept.mean(axis=1, keepdims=True),
        "layer(x), over the share kept in a unit": kept.mean(axis=0),
    }
    for name, share in shares.items():
        if np.any((share > 0) & (share < 1)) and np.allclose((y / h * share)[kept], 1):
            return name, 1.0
    for name, ratios in (whole | inside).items():
        if (found := distinct(ratios)) is not None:
            return name, found
    parts = np.stack([data[kept], np.broadcast_to(known.bias, y.shape)[kept]], axis=1)
    fit, *_ = np.linalg.lstsq(parts, y[kept], rcond=None)
    if np.allclose(parts @ fit, y[kept]):
        return "layer(x) in two parts", fit
    return "no multiples", distinct(y[kept])


def named_rate(dropped, p):
    """Return the formula that a share is close to, or else the share with two digits."""
    names = {"p": p, "1 - p": 1 - p, "half": 0.5}
    if p > 0.1:  # for a small p they are too close to others
        names |= {
            "p squared": p**2,
            "twice": 1 - (1 - p) ** 2,
            "p / (1 - p)": min(p / (1 - p), 1.0),
        }
    hundredths = {"p, cut": np.floor(100 * p) / 100, "p, rounded up": np.ceil(100 * p) / 100}
    shares = {"none": 0.0, "all": 1.0, **names, **hundredths}
    name = min(shares, key=lambda name: abs(shares[name] - dropped.mean()))
    close = abs(shares[name] - dropped.mean()) < (0.3 * p if shares[name] < 0.1 else 0.03)
    return name if close else f"about {dropped.mean():.1f}"


def pattern(dropped):
    """Return what the masks of some calls have in common, as text."""
    if (dropped == dropped[:, :1, :1]).all():
        return ONE_COIN
    if (dropped == dropped[0]).all():
        return "one mask for all calls"
    if (dropped == dropped[:, :1]).all():
        return "one mask for all rows"
    if (dropped == dropped[:, :, :1]).all():
        return "one mask for all units"
    return ""


@pytest.fixture
def told_by_chance(once, watch):
    """Whether one coin decides for all elements: then chance decides what single calls show."""

    def tossed():
        try:
            *_, outputs = watch(0.5, 40)
        except (StudentError, AssertionError):  # observed elsewhere
            return False
        dropped = np.array(outputs) == 0
        return dropped.any() and not dropped.all() and pattern(dropped) == ONE_COIN

    return once("tossed", tossed)


@pytest.fixture
def calls_change_p(once, watch, told_by_chance):
    """Whether training calls change the layer's p, and the scale with it: then nothing else is new."""

    def compare():
        if told_by_chance:
            return False
        try:
            known, layer, x, _ = watch(0.351, 0)
            rates, scales, h = [layer.p], [], known.output(x)
            for _ in range(3):
                y = forward(layer, x, 41)
                rates.append(layer.p)
                scales += [usual_factor(y, h)] if y.any() else []
            return not np.allclose(rates, rates[0], atol=0) and not np.allclose(scales, scales[0])
        except (StudentError, AssertionError, AttributeError, TypeError):
            return False  # what fails is observed elsewhere

    return once("calls change p", compare)


def tie(dropped):
    """Return what ties the elements of a mask, as text: then chance decides what else masks have."""
    if not dropped.any() or dropped.all():
        return ""
    counts, rate = dropped.sum(axis=(1, 2)), dropped.mean()
    usual = dropped[0].size * rate * (1 - rate)  # the variance of independent elements
    return pattern(dropped) or ("elements are tied" if counts.var() > 3 * usual else "")


def frozen(dropped):
    """Return whether each call drops the same elements, whichever these are."""
    return (dropped == dropped[0]).all() and dropped.any() and not dropped.all()


@pytest.fixture
def watch(submission, linear, numbers):
    """A function that makes a layer, and calls it on x a number of times."""

    def make(p, calls=1, rows=41, units=41):
        known = linear(5, units)
        layer = submission.Dropout(known.layer, p=p)
        x = numbers(rows, 5)
        outputs = [expect.array(y, (rows, units), "output", "") for y in repeat(layer, calls, x)]
        return known, layer, x, outputs

    return make


@pytest.fixture
def watch_new(first_calls, linear, numbers):
    """A function that returns the outputs of the first calls of new layers, and layer(x).

    Other observations tell what later calls have in common.
    """

    def make(p, count, rows, units):
        known, x = linear(5, units), numbers(rows, 5)
        outputs = first_calls(known, x, *[{"p": p}] * count)
        h = known.output(x)
        return np.array([expect.array(y, h.shape, "output", "") for y in outputs]), h

    return make


@pytest.fixture
def usual(once, watch):
    """The factors of the first call of a new layer with p = 0.351, and what was multiplied."""

    def see():
        known, _, x, [y] = watch(0.351)
        return multiples(y, known, x)

    return lambda: once("usual", see)


@pytest.fixture
def compare(usual):
    """A function that returns factors unless they are the usual ones, wrong or right.

    So a wrong scale is one fact, and what else is wrong with the layer is another.
    """

    def look(found):
        with contextlib.suppress(StudentError, AssertionError):  # observed elsewhere
            return USUAL if are_the_same(found, usual()) else found
        return found

    return look


def are_the_same(found, other):
    """Return whether two results of `multiples` are the same."""
    (name, factors), (other_name, others) = found, other
    if name != other_name or factors is None or others is None:
        return name == other_name and factors is others
    return np.shape(factors) == np.shape(others) and np.allclose(factors, others)


def observe_multiples(watch, told_by_chance):
    if told_by_chance:
        return ONE_COIN
    seen = []
    for p in (0.351, 0.801):
        known, _, x, [y] = watch(p, rows=49, units=61)
        seen.append(multiples(y, known, x))
    return seen


def where_dropped(outputs, h):
    """Return which elements are dropped: zeros, or a negative multiple of layer(x).

    A mask without parentheses, as in mask / 1 - p, makes a negative number of each zero.
    """
    factors = distinct(outputs / h)
    is_shifted = factors is not None and len(factors) == 2 and factors[0] < 0
    return outputs / h < 0 if is_shifted else outputs == 0


def observe_rate(watch_new):
    outputs, h = watch_new(0.36, 20, 60, 40)
    dropped = where_dropped(outputs, h)
    if tied := tie(dropped):
        return tied
    if masks.values(h)(dropped, None).chance < 1e-30:
        return "the values matter"
    large = where_dropped(*watch_new(0.85, 20, 60, 40))
    seen = [named_rate(dropped, 0.36), named_rate(large, 0.85)]
    counts = {"as many in each row": (2,), "in each unit": (1,), "in each call": (1, 2)}
    some = dropped.any() and not dropped.all()
    counted = [name for name, axes in counts.items() if some and not np.ptp(dropped.sum(axis=axes))]
    if seen == ["p", "p"] and not counted:  # else the others say nothing new, and less clearly
        for p, count in ((0.015, 20), (0.0042, 60)):
            seen.append(named_rate(where_dropped(*watch_new(p, count, 60, 40)), p))
        one = where_dropped(*watch_new(0.5, 300, 1, 1))
        seen.append("p" if abs(one.mean() - 0.5) < 0.14 else "not p")
    return [*seen, *counted]


def observe_what_is_not_left_to_chance(watch_new):
    outputs, h = watch_new(0.4, MASKS, 10, 12)
    dropped = outputs == 0
    looks = {
        "a call, row or unit differs": masks.groups,
        "the values matter": masks.values(h),
        "elements are tied": masks.pairs,
        "neighbours are tied": masks.neighbours,
        "the count in rows": masks.counts((2,), ""),
        "the count in units": masks.counts((1,), ""),
        "the count in calls": masks.counts((1, 2), ""),
    }
    # the first that is found says it all: what else is found may be left to chance
    found = (name for name, look in looks.items() if look(dropped, None).chance < masks.CHANCE)
    return pattern(dropped) or next(found, "nothing")


def observe_what_is_never_dropped(watch_new):
    dropped = watch_new(0.4, MASKS, 10, 12)[0] == 0
    ever = dropped.any(axis=0)
    if not ever.any():
        return "nothing is dropped"
    if frozen(dropped):
        return "one mask for all calls"
    return {"rows": np.flatnonzero(~ever.any(axis=1)), "units": np.flatnonzero(~ever.any(axis=0))}


def observe_which_values_are_dropped(watch_new):
    outputs, h = watch_new(0.4, CALLS, 10, 12)
    dropped = outputs == 0
    if frozen(dropped) or pattern(dropped):
        return pattern(dropped)
    rates = dropped.mean(axis=0)
    return {
        "negative ones never": not rates[h < 0].any(),
        "the largest of a row never": not rates[np.arange(10), h.argmax(axis=1)].any(),
        "large ones more often": rates[h > np.median(h)].mean() > 1.25 * rates.mean(),
    }


def observe_masks_over_time(watch, numbers, attempt, calls_change_p):
    if calls_change_p:
        return CHANGES_P
    _, layer, x, outputs = watch(0.4, CALLS, 30, 30)
    dropped = np.array(outputs) == 0
    flat = dropped.reshape(CALLS, -1)
    if len(np.unique(flat[0])) == 1:
        return pattern(dropped)
    alike = (flat[1:] == flat[:-1]).mean(axis=1)
    after = {"backward": [flat[-1]], "evaluation": []}  # the mask before, and those after it
    for _ in range(4):
        attempt(layer, "backward", numbers(30, 30))
        after["backward"].append(np.ravel(forward(layer, x, 30) == 0))
    after["evaluation"].append(after["backward"][-1])
    for _ in range(4):
        layer.training = False
        attempt(layer, "__call__", x.copy())
        layer.training = True
        after["evaluation"].append(np.ravel(forward(layer, x, 30) == 0))
    lags = series.echo(dropped, None)
    return {
        "few masks": len(np.unique(np.packbits(flat, axis=1), axis=0)) < CALLS // 2,
        "mostly the mask before": (alike == 1).mean() > 0.5,
        "much like the mask before": alike.mean() > 0.8,
        "always as many": np.ptp(flat.sum(axis=1)) == 0,
        "the stream comes back": lags.chance < masks.CHANCE and (alike < 1).all(),
        **{
            f"{name} {what}": all(np.array_equal(mask, each) for each in others)
            for name, (before, first, *more) in after.items()
            for what, (mask, others) in {
                "brings the same again": (first, more),
                "leaves it": (before, [first, *more]),
            }.items()
        },
    }


def observe_a_large_rate(watch_new, told_by_chance):
    outputs, h = watch_new(0.981, 20, 49, 61)
    dropped = where_dropped(outputs, h)
    if told_by_chance:
        return ONE_COIN
    scale = distinct((outputs / h)[~dropped].round(3))
    rate = "about p" if abs(dropped.mean() - 0.981) < 0.025 else "not p"
    if (dropped == dropped[0]).all() or tie(dropped):
        rate = "tied"
    return Parts({"scale": lambda: scale, "rate": lambda: rate})


def observe_after_many_evaluations(watch, told_by_chance, compare):
    if told_by_chance:
        return ONE_COIN
    known, layer, x, _ = watch(0.351, 0)
    layer.training = False
    repeat(layer, 10, x)
    layer.training = True
    y = forward(layer, x, 41)
    dropped = y == 0
    # of whole units or rows, there are too few
    tied = (dropped == dropped[0]).all() or (dropped == dropped[:, :1]).all()
    fewer = "fewer" if 0 < dropped.mean() < 0.21 and not tied else ""
    return compare(multiples(y, known, x)), fewer


def observe_training_as_an_argument(watch, told_by_chance):
    _, layer, x, _ = watch(0.5, 0)
    try:
        y = expect.array(layer(x.copy(), training=True), (41, 41), "output", "")
    except StudentError:
        return "no such argument"
    return told_by_chance or bool((y == 0).any())


def observe_a_new_layer(submission, linear, numbers):
    layer = submission.Dropout(linear(3, 8).layer, p=0.5)
    return bool(layer.training), layer(numbers(4, 3)).dtype.name


def observe_weights_set_on_the_wrapper(submission, linear, numbers, told_by_chance, compare):
    if told_by_chance:
        return ONE_COIN
    known, x = linear(5, 41), numbers(41, 5)
    layer = submission.Dropout(known.layer, p=0.351)
    known.weights = numbers(5, 41)
    layer.weights = known.weights.copy()
    return compare(multiples(forward(layer, x, 41), known, x))


def observe_narrow_outputs(watch_new):
    dropped = watch_new(0.4, 12, 30, 40)[0] == 0
    if frozen(dropped):
        return "one mask for all calls"
    if np.ptp(dropped.sum(axis=(1, 2))) == 0 and 0 < dropped.mean() < 1:
        return "counted"  # how a share of a few elements is rounded says nothing new
    seen = {}
    for rows, units, count in ((12, 1, 40), (1, 12, 40), (1, 1, 40), (1, 2, 160)):
        dropped = watch_new(0.4, count, rows, units)[0] == 0
        if frozen(dropped):
            return "one mask for all calls"
        seen[rows, units] = "some" if dropped.any() and not dropped.all() else dropped.any()
    seen[rows, units] = dropped.all(axis=(1, 2)).any()  # both of two
    return seen


def observe_one_half(watch_new):
    return pattern(watch_new(0.5, MASKS, 10, 12)[0] == 0)


def observe_no_rate(submission, watch, usual):
    known, _, x, _ = watch(0.351, 0)
    has_another_scale = not are_the_same(usual(), ("layer(x)", np.array([0, 1 / (1 - 0.351)])))
    try:
        _ = submission.Dropout(known.layer, p=0).training  # asked for: else it is made later
    except StudentError:
        return "refused"
    try:
        known, _, x, [y] = watch(0)
    except (StudentError, AssertionError) as error:
        if has_another_scale:
            return RIGHT  # what its formula does with 0 is no other mistake
        if any(words in str(error) for words in BY_ZERO):
            return "divides by zero"
        raise
    found = multiples(y, known, x)
    dropped = [("layer(x)", np.array(factors)) for factors in ([0], [0, 1])]
    drops = any(are_the_same(found, each) for each in dropped)
    return RIGHT if has_another_scale and not drops else found


def observe_what_the_masks_share(submission, watch):
    known, layer, x, outputs = watch(0.4, 5)
    first, *_ = dropped = np.array(outputs) == 0
    if pattern(dropped) == ONE_COIN:
        return pattern(dropped)
    twin = submission.Dropout(known.layer, p=0.4)
    smaller = np.abs(known.output(x)) < np.median(np.abs(known.output(x)))

    def are_like_the_first(layer, x):
        """Return whether several calls have the first mask, as no few masks in turn would."""
        again = [forward(layer, x, 41) == 0 for _ in range(4)]
        return all((mask == first[: len(x)]).all() for mask in again)

    return {
        "all calls like the first": (dropped == first).all(),
        "for another x": are_like_the_first(layer, 2 - x),
        "for fewer rows": are_like_the_first(layer, x[:5]),
        "in another layer": are_like_the_first(twin, x),
        "smallest values": smaller[first].mean() > 0.99,
    }


def observe_later_calls(watch, told_by_chance, calls_change_p, compare):
    if told_by_chance or calls_change_p:
        return CHANGES_P if calls_change_p else ONE_COIN
    known, _, x, outputs = watch(0.351, 6, 59, 51)
    shares = [(y == 0).mean() for y in outputs]
    return [
        (compare(multiples(y, known, x)), "none" if share == 0 else "all" if share == 1 else "some")
        for y, share in zip(outputs, shares, strict=True)
    ]


def observe_evaluation_of_other_numbers(watch, numbers, attempt):
    known, layer, x, _ = watch(0.351, 0)
    other, seen = numbers(7, 5), []
    attempt(layer, "__call__", x.copy())
    for each in (x, other, other):
        layer.training = False
        y = expect.array(layer(each.copy()), (len(each), 41), "output", "")
        seen.append(np.allclose(y, known.output(each)))
        known.change("set all at once", layer, numbers(5, 41), numbers(1, 41))
    return seen


def observe_evaluation(watch, told_by_chance, calls_change_p, compare):
    if told_by_chance or calls_change_p:
        return CHANGES_P if calls_change_p else ONE_COIN
    known, layer, x, _ = watch(0.351, 0)
    seen = []
    for training in (False, None, True, False, None, True):  # None: as the call before left it
        if training is not None:
            layer.training = training
        y = layer(x.copy())
        if isinstance(y, np.ndarray) and y.shape == x.shape:
            seen.append("x" if np.allclose(y, x) else "of the shape of x")
        found = multiples(expect.array(y, (41, 41), "output", ""), known, x)
        seen.append(found if are_the_same(found, RIGHT) else compare(found))
    return seen


def observe_type_in_evaluation(watch):
    _, layer, x, _ = watch(0.351, 0)
    layer.training = False
    return layer(x.copy()).dtype.name


def observe_the_wrapped_layers_training(watch, told_by_chance, compare):
    if told_by_chance:
        return ONE_COIN
    known, layer, x, _ = watch(0.351, 0)
    layer.training = True  # set on the layer itself, and no more what another one has
    known.layer.training = False
    return compare(multiples(forward(layer, x, 41), known, x))


def observe_beside_another_layer(submission, linear, numbers, told_by_chance, compare):
    if told_by_chance:
        return ONE_COIN
    known, x = linear(5, 41), numbers(41, 5)
    layer = submission.Dropout(known.layer, p=0.351)
    submission.Dropout(linear(5, 41).layer, p=0.8).training = False
    return compare(multiples(forward(layer, x, 41), known, x))


def observe_with_new_weights(submission, linear, numbers, told_by_chance, compare):
    if told_by_chance:
        return ONE_COIN
    known, x = linear(5, 41), numbers(41, 5)
    layer = submission.Dropout(known.layer, p=0.351)
    known.set_weights(numbers(5, 41))
    return compare(multiples(forward(layer, x, 41), known, x))


def observe_default(submission, linear, numbers, told_by_chance):
    if told_by_chance:
        return ONE_COIN
    known = linear(5, 31)
    x = numbers(41, 5)
    y = forward(submission.Dropout(known.layer), x, 31)
    whole = y / known.output(x)
    return "twice" if np.allclose(whole[y != 0], 2) else "not twice", (y == 0).any()


def observe_sizes(first_calls, numbers, linear, telling_sizes, compare):
    seen = []
    for rows, in_features, out_features in telling_sizes:
        known, x = linear(in_features, out_features), numbers(rows, in_features)
        h = known.output(x)
        outputs = first_calls(known, x, *[{"p": 0.351}] * 12)
        found = np.array([expect.array(y, h.shape, "output", "") for y in outputs]) / h
        # one coin for a row or a unit may keep all of these by chance
        seen.append(compare(("layer(x)", distinct(np.append(found, 0.0)))))
    return seen


def observe_the_same_x(watch, told_by_chance):
    if told_by_chance:
        return "told by chance"
    _, layer, x, _ = watch(0.35)
    # one of a few masks may come again by chance, but not in all of these calls
    first, *others = take_turns(9, (layer, x), same_arrays=True)
    some = np.any(first == 0) and not np.all(first == 0)
    return some and all(np.array_equal(first == 0, again == 0) for again in others)


def observe_equal_rows(watch, told_by_chance):
    if told_by_chance:
        return "told by chance"
    _, layer, x, _ = watch(0.35)
    x[1:] = x[0]
    dropped = expect.array(layer(x.copy()), (41, 41), "output", "") == 0
    return dropped.any() and not dropped.all() and (dropped == dropped[0]).all()


def observe_a_seed(dropout, linear, numbers, sets_a_seed):
    known, x = linear(5, 41), numbers(41, 5)
    layers = [dropout(known.layer, p=0.35) for _ in range(2)]
    return sets_a_seed(*(partial(layer, x.copy()) for layer in layers))


def observe_an_output_that_is_kept(watch, overwrites):
    _, layer, x, _ = watch(0.35)
    return overwrites(lambda: [(layer, x), (layer, 1 - x)])


def observe_changes_in_place(watch):
    seen = {}
    for training in (True, False):
        known, layer, x, _ = watch(0.351, 0)
        layer.training = training
        before = x.copy()
        for _ in range(2):
            layer(x)
        weights, bias = known.present("")
        pairs = [(x, before), (weights, known.weights), (bias, known.bias)]
        seen[training] = [np.array_equal(*pair) for pair in pairs]
    return seen

"""The backward pass of Dropout, judged on the mask read back from the student's own output.

The first gradients to be judged are those of single steps: the first forward and backward pass of a
new layer. The later steps of a layer are judged by those gradients alone that are right in single
steps, up to a constant factor: a wrong scale in `backward` costs points once.

A right layer fails only if a mask of at least 60 elements drops none or keeps none, where a property
needs both. It tries again, up to 60 times.
"""

import contextlib
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pytest

from autograder.kit import StudentError, change_in_place, expect, masks, oracle, repeat, together

NAMES = ("x", "weights", "bias")
ROWS, INPUTS, UNITS = 4, 6, 30  # of the layers whose later steps are judged
RATES = [(0.1, 0.3), (0.4, 0.48), (0.6, 0.8), (0.02, 0.09)]  # never 1 - p
STRENGTHS = (1.0, 1.0, 1e4, 1e-4)  # of grad_output, in turn
OWN_SCALES = (1e-6, 1e6)  # of a forward pass, as multiples of the contract's: any mistake's
FACTORS = (1 / 300, 300)  # of a backward pass, as multiples of the right gradient: any mistake's
STEPS, CALLS = 12, 200  # of a training: steps that are judged, and calls between them
UNJUDGED = "so the backward pass cannot be judged"


class Passed(NamedTuple):
    """A forward pass: x, the output, and the parameters and layer(x) at that time."""

    x: np.ndarray
    y: np.ndarray
    weights: np.ndarray
    bias: np.ndarray
    h: np.ndarray


class Step(NamedTuple):
    """A forward and a backward pass: the student's gradients, and PyTorch's for one or two masks.

    The right mask is 1 / (1 - p) where the output is not zero. The mask of the forward pass is
    output / layer(x): a layer that scales wrongly there loses the points there, and may scale
    backward in either way.
    """

    passed: Passed
    grad_input: Any
    grads: Any
    expected: list[dict[str, np.ndarray]]
    where: str

    def gradient(self, name: str) -> np.ndarray:
        """Return one gradient, whatever is wrong with the others."""
        shape = (self.passed.x if name == "x" else getattr(self.passed, name)).shape
        if name == "x":
            return expect.array(self.grad_input, shape, "grad_input", self.where)
        return expect.entry(self.grads, name, shape, self.where)

    def assert_right(
        self, name: str, *, of: slice = slice(None), factor: float = 1.0
    ) -> np.ndarray:
        """Check a gradient against those for some of the masks; return the one that it equals."""
        gradient = self.gradient(name)
        title = "grad_input" if name == "x" else f'grads["{name}"]'
        first, *others = (factor * expected[name] for expected in self.expected[of])
        for other in others:
            with contextlib.suppress(AssertionError):
                expect.close(gradient, other, title, self.where)
                return other
        expect.close(gradient, first, title, self.where)
        return first


def loss(x, weights, bias, mask, grad_output):
    return ((x @ weights + bias) * mask * grad_output).sum()


def closed_form(x, weights, bias, mask, grad_output):
    masked = grad_output * mask
    return {
        "x": masked @ weights.T,
        "weights": x.T @ masked,
        "bias": masked.sum(axis=0, keepdims=True),
    }


def masks_of(passed, p, training):
    """Yield the right mask, and the mask of the forward pass if a known mistake explains it."""
    _, y, _, _, h = passed
    yield (y != 0) / (1 - p) if training else np.ones_like(h)
    own = y / np.where(h == 0, np.inf, h)
    low, high = OWN_SCALES
    if low < np.abs(own).max() * (1 - p) < high:
        yield own


@dataclass
class Wrapped:
    """A Dropout layer around a known one."""

    layer: Any
    known: Any
    p: float
    training = True

    def set_training(self, training):
        self.layer.training = self.training = training

    def passed_by(self, x, y, parameters, where="Dropout"):
        self.known.take(parameters)
        h = self.known.output(x)
        if isinstance(y, np.ndarray) and y.size == h.size:
            y = y.reshape(h.shape)  # a lost axis costs points in the forward pass
        try:
            y = expect.array(y, h.shape, "output", where)
        except AssertionError:
            if self.training:
                raise
            y = h  # no mask is to be read in it
        return Passed(x, y, self.known.weights, self.known.bias, h)

    def forward(self, x):
        asked = together(self.layer, lambda: self.layer(x.copy()), self.parameters)
        return self.passed_by(x, *asked)

    def backward(self, passed, grad_output, when=""):
        asked = together(
            self.layer, self.parameters, lambda: self.layer.backward(grad_output.copy()), self.grads
        )
        self.known.take(next(asked))
        passed = passed._replace(weights=self.known.weights, bias=self.known.bias)
        return self.judge(passed, grad_output, *asked, when)

    def step(self, x, grad_output, when="", gradients=oracle.gradients):
        asked = together(self.layer, *self.asks(x, grad_output))
        passed = self.passed_by(x, next(asked), next(asked))
        return self.judge(passed, grad_output, *asked, when, gradients)

    def asks(self, x, grad_output):
        return (
            lambda: self.layer(x.copy()),
            self.parameters,
            lambda: self.layer.backward(grad_output.copy()),
            self.grads,
        )

    def judge(self, passed, grad_output, grad_input, grads, when="", gradients=oracle.gradients):
        wrt = {name: getattr(passed, name) for name in NAMES}
        expected = [
            gradients(loss, closed_form, wrt, mask=mask, grad_output=grad_output)
            for mask in masks_of(passed, self.p, self.training)
        ]
        given = self.known.given(x=passed.x, output=passed.y, grad_output=grad_output)
        return Step(
            passed, grad_input, grads, expected, f"Dropout(p={self.p}).backward{when}{given}"
        )

    def parameters(self):
        return self.known.layer.parameters

    def grads(self):
        return self.known.layer.grads


def by_formula(_, formula, wrt, **constants):
    return formula(**wrt, **constants)


@pytest.fixture
def wrapped(submission, linear):
    """A function that makes a Dropout layer around a new Linear, or one with `weights` and no bias."""

    def make(p, in_features=INPUTS, out_features=UNITS, weights=None):
        known = linear(in_features, out_features)
        if weights is not None:
            known.set_weights(weights)
            known.set_bias(np.zeros((1, out_features)))
        layer = submission.Dropout(known.layer, p=p)
        layer.training = True  # that it is so at first is judged in the forward pass
        return Wrapped(layer, known, p)

    return make


@dataclass
class Ordinary:
    """What is known of a layer from its single steps with one p, the same for all later steps.

    `of` are the masks that count. `factors` are those of the gradients that are right up to a factor.
    """

    p: float
    steps: list[Step]
    of: slice
    drops: bool
    factors: dict[str, float]

    def check(self, *steps):
        """Check steps by the gradients that are right in single steps."""
        if not self.factors:
            raise AssertionError(
                "no gradient belongs to the mask in the first step of a new layer, "
                f"so later steps cannot be judged [Dropout(p={self.p}).backward]"
            )
        for step in steps:
            for name, factor in self.factors.items():
                step.assert_right(name, of=self.of, factor=factor)

    def check_evaluation(self, step):
        """Check a step that is not training: a wrong scale may be there as well, or not.

        The factor may depend on the batch size, so it is known for `ROWS` only.
        """
        self.check()
        for name, factor in self.factors.items():
            try:
                step.assert_right(name, factor=factor)
            except AssertionError:
                if factor == 1 or len(step.passed.x) == ROWS:
                    step.assert_right(name)


def factor_of(steps, name, of):
    """Return the factor by which a gradient differs from the right one in all steps, or None."""
    with contextlib.suppress(AssertionError):
        for step in steps:
            step.assert_right(name, of=of)
        return 1.0
    low, high = FACTORS
    for way in range(*of.indices(len(steps[0].expected))):
        with contextlib.suppress(AssertionError, IndexError):
            pairs = [(step.gradient(name), step.expected[way][name]) for step in steps]
            first, right = pairs[0]
            factor = float((first * right).sum() / max((right**2).sum(), expect.SMALLEST))
            for gradient, right in pairs:
                expect.close(gradient, factor * right, name, "")
            if low < abs(factor) < high:
                return factor
    return None


@pytest.fixture
def ordinary(wrapped, numbers, once, rng):
    """Single steps of two new layers, made once for all properties."""

    def make():
        p = round(rng.uniform(0.2, 0.45), 3)
        where = f"Dropout(p={p})"
        steps, mixed, drops = [], [], False
        for turn in range(masks.TRIES):
            new = wrapped(p)
            if turn > masks.TRIES / 2:  # the first call of some layers drops nothing
                new.step(numbers(ROWS, INPUTS), numbers(ROWS, UNITS), gradients=by_formula)
            step = new.step(numbers(ROWS, INPUTS), numbers(ROWS, UNITS), gradients=by_formula)
            kept = step.passed.y != 0
            drops |= not kept.all()
            if kept.any():
                (steps if kept.all() else mixed).append(step)
            if len(mixed) == 2:
                break
        steps = [*mixed, *steps][:2]
        if not steps:
            raise AssertionError(f"every element of the output is zero, {UNJUDGED} [{where}]")
        own = np.array([step.passed.y / step.passed.h for step in steps])
        if not drops and np.allclose(own, own[0, 0, 0]):
            raise AssertionError(f"no element of the output is dropped, {UNJUDGED} [{where}]")
        # a layer that has other numbers in the place of zeros is judged by these
        of = slice(None) if drops else slice(1, None)
        if not all(step.expected[of] for step in steps):
            raise AssertionError(f"the output shows no mask, {UNJUDGED} [{where}]")
        factors = {name: factor_of(steps, name, of) for name in NAMES}
        return Ordinary(
            p, steps, of, drops, {name: f for name, f in factors.items() if f is not None}
        )

    return once("ordinary", make)


@pytest.fixture
def steps(ordinary, wrapped, numbers, cases, rng, once):
    """Single steps of new layers of each kind of sizes, with any p and any grad_output."""

    def step_that_keeps(sizes, p, strength=1.0):
        for _ in range(masks.TRIES):
            new = wrapped(p, *sizes[1:])
            x, grad_output = numbers(*sizes[:2]), strength * numbers(sizes[0], sizes[2])
            if strength != 1:
                grad_output[rng.random(grad_output.shape) < 0.2] = 0
            done = new.step(x, grad_output)
            if done.passed.y.any():
                break
        return done

    def take():
        for turn, (sizes, p) in enumerate(cases(RATES)):
            yield step_that_keeps(sizes, p, STRENGTHS[turn % len(STRENGTHS)])
        yield step_that_keeps((9, 4, 120), round(rng.uniform(0.97, 0.99), 3))
        whole = wrapped(0.0, 3, 2)
        passed = None
        with contextlib.suppress(StudentError, AssertionError):  # judged in the forward pass
            passed = whole.forward(numbers(2, 3))
        if passed is not None and np.allclose(passed.y, passed.h):
            yield whole.backward(passed, numbers(2, 2))

    return once("steps", lambda: [*ordinary.steps, *take()])


@pytest.mark.criterion("x")
def test_no_gradient_flows_through_a_dropped_element(ordinary, wrapped, rng):
    """The gradient depends on grad_output where the forward pass kept the element, and only there."""
    where = f"Dropout(p={ordinary.p}).backward"
    for _ in range(masks.TRIES):
        new = wrapped(ordinary.p)
        x = rng.normal(size=(ROWS, INPUTS))
        kept = new.forward(x).y != 0
        if kept.any() and not kept.all():
            break
    if kept.all():  # in each of so many calls: a layer that has no zeros
        return
    grad_output = np.where(kept, 0.0, rng.normal(size=kept.shape))
    grad_input = expect.array(new.layer.backward(grad_output), x.shape, "grad_input", where)
    expect.zero(
        grad_input,
        "grad_input",
        "grad_output is zero at all kept elements, so grad_input should be zero everywhere, but "
        f"{np.count_nonzero(grad_input)} of {grad_input.size} elements are not [{where}]",
    )


@pytest.mark.criterion("x")
def test_grad_input_equals_pytorch(ordinary, steps):
    """The gradient with respect to x equals PyTorch's for the mask that the forward pass drew."""
    for step in steps:
        step.assert_right("x", of=ordinary.of)


@pytest.mark.criterion("parameters")
def test_weights_gradient_equals_pytorch(ordinary, steps):
    """The gradient of the wrapped layer's weights equals PyTorch's for that mask."""
    for step in steps:
        step.assert_right("weights", of=ordinary.of)


@pytest.mark.criterion("parameters")
def test_bias_gradient_equals_pytorch(ordinary, steps):
    """The gradient of the wrapped layer's bias equals PyTorch's for that mask."""
    for step in steps:
        step.assert_right("bias", of=ordinary.of)


@pytest.mark.criterion("latest")
def test_backward_uses_the_latest_forward(ordinary, wrapped, numbers):
    """After several forward passes, the backward pass belongs to the latest one."""
    layer = wrapped(ordinary.p)
    for rows in (ROWS, ROWS, ROWS, ROWS - 2, ROWS):
        try:
            passed = layer.forward(numbers(rows, INPUTS))
        except StudentError:  # of another batch size: this costs points in the forward pass
            layer = wrapped(ordinary.p)
            passed = layer.forward(numbers(ROWS, INPUTS))
    ordinary.check(layer.backward(passed, numbers(ROWS, UNITS), " after several forward passes"))


def drops_zeros(wrapped, p, x):
    """Return whether a forward pass drops what is next to zero, by whatever it looks at."""
    x = np.zeros_like(x)
    kept = {-1: False, 1: False}
    for _ in range(masks.TRIES):
        for sign in kept:
            layer = wrapped(p, x.shape[1], UNITS)
            layer.known.set_bias(np.full((1, UNITS), sign * 1e-200))
            kept[sign] |= bool(layer.forward(x).y.any())
        if all(kept.values()):
            return False
    return True


@pytest.mark.criterion("latest")
def test_an_output_of_zero_carries_gradient(ordinary, wrapped, rng):
    """Where layer(x) is 0, gradient flows through a kept element, and none through a dropped one."""
    ordinary.check()
    half, inputs = 30, 35
    x, weights = rng.normal(size=(ROWS, inputs)), rng.normal(size=(inputs, 2 * half))
    x[1] = weights[:, half:] = 0.0  # and no bias: so one row and half of the units are 0
    grad_output = np.zeros((ROWS, 2 * half))
    grad_output[1, :half] = grad_output[2, half:] = rng.uniform(1, 2, size=half)
    back = np.linalg.pinv(weights[:, :half].T)
    readings = {  # grad_output times the mask, read back from each gradient
        "x": lambda step: step.gradient("x")[1] @ back,
        "weights": lambda step: x[2] @ step.gradient("weights")[:, half:],
        "bias": lambda step: step.gradient("bias")[0],
    }
    found = {name: set() for name in ordinary.factors}
    for _ in range(masks.TRIES):
        layer = wrapped(ordinary.p, inputs, 2 * half, weights=weights)
        layer.layer(x.copy())  # the first call of some layers drops nothing
        step = layer.step(x, grad_output, gradients=by_formula)
        for name, flows in found.items():
            flow = np.abs(readings[name](step))
            flows.update((flow > flow.max() / 1000).tolist())
        if all(flows >= {True, not ordinary.drops} for flows in found.values()):
            break
    if any(True not in flows for flows in found.values()) and drops_zeros(wrapped, ordinary.p, x):
        return
    for name, flows in found.items():
        how = "no element" if True not in flows else "every element"
        title = "grad_input" if name == "x" else f'grads["{name}"]'
        assert flows >= {True, not ordinary.drops}, (
            f"where layer(x) is 0, gradient flows through {how}, kept or dropped, into {title} "
            f"[Dropout(p={ordinary.p}).backward]"
        )


@pytest.mark.criterion("latest")
def test_backward_after_evaluation_is_the_layers_own(ordinary, wrapped, numbers):
    """After an evaluation pass, the backward pass is the wrapped layer's own, without a mask."""
    layer = wrapped(ordinary.p)
    layer.step(numbers(ROWS, INPUTS), numbers(ROWS, UNITS))
    when = " after a pass with training=False"
    for rows in (ROWS, ROWS, ROWS - 2):
        layer.set_training(False)
        x, grad_output = numbers(rows, INPUTS), numbers(rows, UNITS)
        try:
            passed = layer.forward(x)
        except StudentError:  # of another batch size: this costs points in the forward pass
            if rows == ROWS:
                raise
        else:
            ordinary.check_evaluation(layer.backward(passed, grad_output, when))
        layer = wrapped(ordinary.p)  # which has never been training


@pytest.mark.criterion("latest")
def test_training_again_uses_the_new_mask(ordinary, wrapped, numbers):
    """Back in training after evaluation, the backward pass belongs to the new mask."""
    layer = wrapped(ordinary.p)
    layer.step(numbers(ROWS, INPUTS), numbers(ROWS, UNITS))
    layer.set_training(False)
    with contextlib.suppress(StudentError, AssertionError):  # another property judges this
        layer.step(numbers(ROWS, INPUTS), numbers(ROWS, UNITS))
    layer.set_training(True)
    ordinary.check(
        layer.step(numbers(ROWS, INPUTS), numbers(ROWS, UNITS), " in training after evaluation")
    )


@pytest.mark.criterion("latest")
def test_backward_can_be_repeated(ordinary, wrapped, numbers):
    """A second backward pass, if the layer allows one, is for the same mask as the first."""
    layer = wrapped(ordinary.p)
    passed = layer.forward(numbers(ROWS, INPUTS))
    ordinary.check(layer.backward(passed, numbers(ROWS, UNITS)))
    with contextlib.suppress(StudentError):  # PyTorch allows none either
        ordinary.check(layer.backward(passed, numbers(ROWS, UNITS), " for the second time"))


@pytest.mark.criterion("latest")
def test_gradients_do_not_accumulate(ordinary, wrapped, numbers):
    """Each backward pass sets the gradients anew; nothing is left of the pass before."""
    layer = wrapped(ordinary.p)
    for _ in range(3):
        step = layer.step(numbers(ROWS, INPUTS), numbers(ROWS, UNITS), " in the third step")
    ordinary.check(step)


@pytest.mark.criterion("latest")
def test_present_weights_are_used(ordinary, wrapped, numbers):
    """The backward pass uses the weights of its step, in whatever way they have been changed."""
    layer = wrapped(ordinary.p)
    known = layer.known

    def replace(weights, bias):
        known.layer.parameters = {"weights": weights, "bias": bias}

    def set_through_the_wrapper(weights, bias):
        layer.layer.weights, layer.layer.bias = weights, bias

    def change(weights, bias):
        change_in_place(known.layer, "weights", weights)
        change_in_place(known.layer, "bias", bias)

    ways = {
        "replaced": replace,
        "set in Dropout": set_through_the_wrapper,
        "changed in place": change,
    }
    for way, make in ways.items():
        make(numbers(INPUTS, UNITS), numbers(1, UNITS))
        when = f" with weights that were {way}"
        ordinary.check(layer.step(numbers(ROWS, INPUTS), numbers(ROWS, UNITS), when))


@pytest.mark.criterion("latest")
def test_each_step_of_a_training_has_its_own_mask(ordinary, wrapped, numbers):
    """In a long training with evaluation passes, each backward pass belongs to its own step."""
    ordinary.check()
    layer = wrapped(ordinary.p)

    def between():
        weights, bias = numbers(INPUTS, UNITS), numbers(1, UNITS)
        layer.known.layer.parameters = {"weights": weights, "bias": bias}
        layer.layer.training = False
        y = layer.layer(numbers(ROWS, INPUTS))
        layer.layer.training = True
        return y

    for start in (1, 2 * CALLS):
        steps = [(numbers(ROWS, INPUTS), numbers(ROWS, UNITS)) for _ in range(STEPS)]
        asks = [ask for step in steps for ask in (between, *layer.asks(*step))]
        asked = together(layer.layer, *asks)
        for number, (x, grad_output) in enumerate(steps, start):
            next(asked)
            passed = layer.passed_by(x, next(asked), next(asked))
            answers = next(asked), next(asked)
            when = f" in training step {number}"
            ordinary.check(layer.judge(passed, grad_output, *answers, when, gradients=by_formula))
        repeat(layer.layer, CALLS, numbers(ROWS, INPUTS))
        with contextlib.suppress(StudentError):  # a layer may allow no second one
            repeat(layer.layer.backward, CALLS, numbers(ROWS, UNITS))


@pytest.mark.criterion("latest")
def test_a_model_can_be_trained(submission, linear, ordinary, wrapped, numbers):
    """A `Model` with the layer in it is trained by the gradients of each step."""
    ordinary.check()
    first, layer, rate = linear(ROWS + 1, INPUTS), wrapped(ordinary.p), 0.01
    model = submission.Model([first.layer, layer.layer])
    if "x" not in ordinary.factors:  # the layer below would be in trouble
        first, model = None, submission.Model([layer.layer])
    for _ in range(3):
        x, grad_output = numbers(ROWS, ROWS + 1 if first else INPUTS), numbers(ROWS, UNITS)
        asked = together(
            model,
            lambda x=x: model.forward(x.copy()),
            layer.parameters,
            lambda grad_output=grad_output: model.backward(grad_output.copy()),
            layer.parameters,
        )
        hidden = first.output(x) if first else x
        passed = layer.passed_by(hidden, next(asked), next(asked), "Model.forward")
        grads = next(asked)
        layer.known.take(next(asked))
        if not isinstance(grads, list) or len(grads) != len([first, layer]) - (first is None):
            raise AssertionError("Model.backward does not return the grads of its layers")
        grad_input = None
        if first:  # x has more inputs than rows
            below = expect.entry(grads[0], "weights", first.weights.shape, "Model.backward")
            grad_input = np.linalg.pinv(x.T) @ below
        step = layer.judge(passed, grad_output, grad_input, grads[-1], " in Model.backward")
        ordinary.check(step)
        if {"weights", "bias"} <= ordinary.factors.keys():
            before = layer.known.weights, layer.known.bias
            model.update_parameters(grads, rate)
            after = layer.known.present("Model.update_parameters")
            for name, old, new in zip(("weights", "bias"), before, after, strict=True):
                moved = old - rate * step.gradient(name)
                expect.close(new, moved, name, "Model.update_parameters")
            if first:
                first.take(first.layer.parameters)


@pytest.mark.criterion("keeps")
def test_two_layers_keep_their_own_masks(ordinary, wrapped, numbers):
    """Two Dropout layers in one network do not disturb each other's masks."""
    layers = [wrapped(ordinary.p), wrapped(ordinary.p)]
    passed = [layer.forward(numbers(ROWS, INPUTS)) for layer in layers]
    for layer, each in zip(layers, passed, strict=True):
        step = layer.backward(each, numbers(ROWS, UNITS), " after another layer's forward pass")
        ordinary.check(step)


@pytest.mark.criterion("keeps")
def test_backward_leaves_its_arguments_untouched(ordinary, wrapped, numbers):
    """The backward pass changes neither grad_output nor the layer's parameters."""
    where = f"Dropout(p={ordinary.p}).backward"
    layer = wrapped(ordinary.p)
    layer.forward(numbers(ROWS, INPUTS))
    grad_output = numbers(ROWS, UNITS)
    before = grad_output.copy()
    layer.layer.backward(grad_output)
    expect.untouched(grad_output, before, "grad_output", where)
    layer.known.assert_untouched(where)


def distinct(values):
    """Return the different numbers among values if they are few; otherwise, that they are many."""
    # what a division by zero gives depends on the last bit of the dividend, so on the processor
    found = np.unique(np.round(np.where(np.isfinite(values), values, np.inf), 4))
    return found if found.size <= 4 else "many"


def told(layer, passed, grad_output):
    """Make a backward pass; return the factors of the elements of grad_output that it shows."""
    x, y, weights, _, h = passed
    step = layer.backward(passed, grad_output)
    gradients = {name: step.gradient(name) for name in NAMES}
    # with more inputs than rows and units, what the layer was given can be worked out
    given = {
        "grad_input": gradients["x"] @ np.linalg.pinv(weights.T),
        "weights": np.linalg.pinv(x.T) @ gradients["weights"],
    }
    back = {"grad_input": given["grad_input"] @ weights.T, "weights": x.T @ given["weights"]}
    seen = {}
    for name, found in given.items():
        factors = found / grad_output
        seen[name] = {
            "kept": distinct(factors[y != 0]),
            "dropped": distinct(factors[y == 0]),
            "the same in all rows": np.allclose(factors, factors[0]),
            "like a layer's": np.allclose(
                back[name], gradients["x" if name == "grad_input" else name]
            ),
        }
    own = y / h
    ways = {
        "the mask": own,
        "the mask without its scale": (y != 0) * 1.0,
        "the mask twice": own**2,
        "no mask": np.ones_like(y),
        "the scale without a mask": np.full_like(y, own.max()),
        "the dropped ones": (y == 0) * 1.0,
        "the dropped ones, scaled": (y == 0) * own.max(),
        "nothing": np.zeros_like(y),
        "the output": y,
    }
    seen["bias"] = next(
        (
            name
            for name, factors in ways.items()
            if np.allclose(gradients["bias"], (grad_output * factors).sum(axis=0))
        ),
        "something else",
    )
    seen["grad_input is that"] = any(
        np.allclose(given["grad_input"], grad_output * factors) for factors in ways.values()
    )
    return seen


@pytest.fixture
def watch(wrapped, numbers):
    """A function that makes a layer, and one that takes a step with it and returns its facts."""

    def make(p=0.35):
        layer = wrapped(p, 16, 12)
        return layer, lambda: told(layer, layer.forward(numbers(12, 16)), numbers(12, 12))

    return make


def observe_factors(watch):
    return [take() for _, take in (watch(0.35), watch(0.8))]


def observe_later_steps(watch):
    _, take = watch()
    return [take() for _ in range(3)]


def observe_after_other_forwards(watch, numbers):
    layer, _ = watch()
    for rows in (12, 12, 3, 12):
        passed = layer.forward(numbers(rows, 16))
    return told(layer, passed, numbers(12, 12))


def observe_a_second_backward(watch, numbers):
    layer, _ = watch()
    passed = layer.forward(numbers(12, 16))
    layer.layer.backward(numbers(12, 12))
    return told(layer, passed, numbers(12, 12))


def observe_evaluation(watch):
    layer, take = watch()
    seen = [take()]
    layer.set_training(False)
    seen.append(take())
    layer.set_training(True)
    return [*seen, take()]


def observe_evaluation_first(watch):
    layer, take = watch()
    layer.set_training(False)
    return take()


def observe_zeros(wrapped, numbers):
    weights = numbers(50, 40)
    weights[:, 20:] = 0
    layer = wrapped(0.5, 50, 40, weights=weights)
    x = numbers(2, 50)
    x[0] = 0
    layer.forward(x)
    step = layer.step(x, np.ones((2, 40)))
    given = np.linalg.pinv(x[1:].T) @ step.gradient("weights")
    rows = step.gradient("x") @ np.linalg.pinv(weights[:, :20].T)
    return distinct(given[:, 20:]), distinct(rows[0])


def observe_new_weights(watch, numbers):
    layer, take = watch()
    layer.known.set_weights(numbers(16, 12))
    return take()


def observe_two_layers(wrapped, numbers):
    layers = [wrapped(0.35, 16, 12), wrapped(0.35, 16, 12)]
    passed = [layer.forward(numbers(12, 16)) for layer in layers]
    return [told(*each, numbers(12, 12)) for each in zip(layers, passed, strict=True)]


def observe_sums_over_steps(wrapped, numbers):
    layer = wrapped(0.35, 3, 4)
    data, steps = 0.0, []
    for _ in range(2):
        step = layer.step(numbers(5, 3), numbers(5, 4))
        data = data + step.expected[-1]["weights"]
        steps.append(np.allclose(step.gradient("weights"), data))
    return steps


def observe_a_model(submission, linear, wrapped, numbers):
    first, layer = linear(5, 6), wrapped(0.35, 6, 4)
    model = submission.Model([first.layer, layer.layer])
    passed = layer.passed_by(first.output(x := numbers(4, 5)), model.forward(x), layer.parameters())
    grads = model.backward(numbers(4, 4))
    model.update_parameters(grads, 0.1)
    return np.allclose(layer.known.present("")[0], passed.weights)


def observe_sizes(wrapped, numbers, telling_sizes):
    seen = []
    for rows, in_features, out_features in telling_sizes:
        layer = wrapped(0.35, in_features, out_features)
        for _ in range(masks.TRIES):
            step = layer.step(numbers(rows, in_features), numbers(rows, out_features))
            if step.passed.y.any():
                break
        seen.append(
            {
                name: any(np.allclose(step.gradient(name), way[name]) for way in step.expected)
                for name in NAMES
            }
        )
    return seen


def observe_changes_in_place(watch, numbers):
    layer, _ = watch()
    layer.forward(numbers(12, 16))
    grad_output = numbers(12, 12)
    before = grad_output.copy()
    layer.layer.backward(grad_output)
    weights, bias = layer.known.present("")
    pairs = [(grad_output, before), (weights, layer.known.weights), (bias, layer.known.bias)]
    return [np.array_equal(*pair) for pair in pairs]

"""The backward pass of Dropout, judged on the mask read back from the student's own output."""

import contextlib
from itertools import product
from typing import Any, NamedTuple

import numpy as np
import pytest

from autograder.kit import StudentError, expect, masks, oracle, together

RATES = [(0.1, 0.3), (0.4, 0.48), (0.7, 0.9), (0.02, 0.09)]  # never 1 - p
OWN_SCALES = (1 / 300, 300)  # of a forward pass, as multiples of the contract's: any mistake's


class Step(NamedTuple):
    """One forward and backward pass: the student's gradients, and PyTorch's.

    PyTorch's gradients are computed for up to two masks. The right mask is 1 / (1 - p) where the output
    is not zero. The mask of the forward pass is output / layer(x): a layer that scales wrongly there
    loses the point there, and may scale backward in either way. Other scales do not count.
    """

    grad_input: Any
    grads: Any
    expected: list[dict[str, np.ndarray]]
    where: str

    def gradient(self, name: str) -> np.ndarray:
        """Return one gradient, whatever is wrong with the others."""
        shape = self.expected[0][name].shape
        if name == "x":
            return expect.array(self.grad_input, shape, "grad_input", self.where)
        return expect.entry(self.grads, name, shape, self.where)

    def assert_equals_pytorch(self, *names: str) -> None:
        for name in names:
            title = "grad_input" if name == "x" else f'grads["{name}"]'
            gradient = self.gradient(name)
            contract, *own = (expected[name] for expected in self.expected)
            try:
                expect.close(gradient, own[0] if own else contract, title, self.where)
            except AssertionError:
                expect.close(gradient, contract, title, self.where)


def loss(x, weights, bias, mask, grad_output):
    return ((x @ weights + bias) * mask * grad_output).sum()


def closed_form(x, weights, bias, mask, grad_output):
    masked = grad_output * mask
    return {
        "x": masked @ weights.T,
        "weights": x.T @ masked,
        "bias": masked.sum(axis=0, keepdims=True),
    }


class Passed(NamedTuple):
    """A forward pass: x, the output, and layer(x) with the parameters at that time."""

    x: np.ndarray
    y: np.ndarray
    h: np.ndarray


def forward(layer, known, x):
    """Make a forward pass, and take the parameters after it."""
    h = output(known, x)
    asked = together(layer, lambda: layer(x.copy()), lambda: known.layer.parameters)
    return passed_by(asked, known, x, h)


def output(known, x):
    h = known.output(x)
    if not h.all():  # whose numbers are drawn, so that none is zero by chance
        raise AssertionError("layer(x) is zero: its parameters have been changed [Dropout]")
    return h


def passed_by(asked, known, x, h):
    y = expect.array(next(asked), h.shape, "output", "Dropout")
    known.take(next(asked))
    return Passed(x, y, h)


def backward(layer, known, passed, grad_output, p):
    where = place(known, passed, grad_output, p)
    asked = together(layer, lambda: layer.backward(grad_output.copy()), lambda: known.layer.grads)
    return judge(asked, known, passed, grad_output, p, where)


def place(known, passed, grad_output, p):
    x, y, _ = passed
    return f"Dropout(p={p}).backward{known.given(x=x, output=y, grad_output=grad_output)}"


def judge(asked, known, passed, grad_output, p, where):
    x, y, h = passed
    grad_input, grads = asked
    wrt = {"x": x, "weights": known.weights, "bias": known.bias}
    expected = [
        oracle.gradients(loss, closed_form, wrt, mask=mask, grad_output=grad_output)
        for mask in masks_of(y, h, p)
    ]
    return Step(grad_input, grads, expected, where)


def masks_of(y, h, p):
    """Yield the right mask, and the mask of the forward pass if a known mistake explains it."""
    yield (y != 0) / (1 - p)
    own = y / h  # no zeros in layer(x)
    low, high = OWN_SCALES
    scales = np.abs(own[y != 0]) * (1 - p)
    if ((low < scales) & (scales < high)).all():
        yield own


def step(layer, known, x, grad_output, p):
    """Make a forward and a backward pass."""
    h = output(known, x)
    asked = together(
        layer,
        lambda: layer(x.copy()),
        lambda: known.layer.parameters,
        lambda: layer.backward(grad_output.copy()),
        lambda: known.layer.grads,
    )
    passed = passed_by(asked, known, x, h)
    return passed, judge(asked, known, passed, grad_output, p, place(known, passed, grad_output, p))


def step_that_keeps(layer, known, numbers, sizes, p, seen, grad_output=None):
    """Make steps until one keeps something."""
    rows, in_features, out_features = sizes

    def take():
        drawn = numbers(rows, out_features) if grad_output is None else grad_output
        passed, done = step(layer, known, numbers(rows, in_features), drawn, p)
        return passed.y, done

    return masks.until_kept(take, p, seen)


def forward_that_keeps(layer, known, numbers, sizes, p, seen):
    """Make forward passes until one keeps something."""

    def take():
        passed = forward(layer, known, numbers(*sizes))
        return passed.y, passed

    return masks.until_kept(take, p, seen)


@pytest.fixture
def some_p(rng):
    return round(rng.uniform(0.2, 0.45), 3)


@pytest.fixture
def seen(some_p):
    """Counts what is kept and dropped in a test: without both, the test proves nothing."""
    found = masks.Seen()
    yield found
    found.check(f"Dropout(p={some_p})")


@pytest.fixture
def steps(submission, linear, numbers, cases, once):
    """One step with a new layer of each kind of sizes."""

    def take():
        seen = masks.Seen()
        for sizes, p in cases(RATES):
            known = linear(*sizes[1:])
            layer = submission.Dropout(known.layer, p=p)
            yield step_that_keeps(layer, known, numbers, sizes, p, seen)
        seen.check("Dropout")

    return once("steps", lambda: list(take()))


@pytest.mark.essential
@pytest.mark.criterion("x")
def test_no_gradient_flows_through_a_dropped_element(submission, linear, numbers, rng):
    """The gradient depends on grad_output where the forward pass kept the element, and only there."""
    where = "Dropout(p=0.5).backward"
    known = linear(5, 40)
    layer = submission.Dropout(known.layer, p=0.5)
    x = rng.normal(size=(3, 5))
    ever_kept = False
    # a right layer drops some of 120 elements, and keeps some, in each
    for _ in range(masks.TRIES):
        kept = forward(layer, known, x).y != 0
        ever_kept |= kept.any()
        if ever_kept and not kept.all():
            break
    else:
        never = "dropped" if ever_kept else "kept"
        raise AssertionError(f"no element of the output is ever {never} [{where}]")
    grad_output = np.where(kept, 0.0, rng.normal(size=kept.shape))
    grad_input = expect.array(layer.backward(grad_output), x.shape, "grad_input", where)
    expect.zero(
        grad_input,
        "grad_input",
        "grad_output is zero at all kept elements, so grad_input should be zero everywhere, but "
        f"{np.count_nonzero(grad_input)} of {grad_input.size} elements are not [{where}]",
    )
    passed = forward_that_keeps(layer, known, numbers, x.shape, 0.5, masks.Seen())
    grad_output = np.where(passed.y != 0, rng.normal(size=kept.shape), 0.0)
    grad_input = expect.array(layer.backward(grad_output), x.shape, "grad_input", where)
    assert grad_input.any(), (
        f"grad_output is not zero at kept elements, but grad_input is zero everywhere [{where}]"
    )


@pytest.mark.criterion("x")
def test_grad_input_equals_pytorch(steps):
    """The gradient with respect to x equals PyTorch's for the mask that the forward pass drew."""
    for done in steps:
        done.assert_equals_pytorch("x")


@pytest.mark.criterion("parameters")
def test_weights_gradient_equals_pytorch(steps):
    """The gradient of the wrapped layer's weights equals PyTorch's for that mask."""
    for done in steps:
        done.assert_equals_pytorch("weights")


@pytest.mark.criterion("parameters")
def test_bias_gradient_equals_pytorch(steps):
    """The gradient of the wrapped layer's bias equals PyTorch's for that mask."""
    for done in steps:
        done.assert_equals_pytorch("bias")


@pytest.mark.criterion("x")
def test_gradients_are_right_for_every_grad_output(submission, linear, numbers, rng, some_p, seen):
    """The gradients equal PyTorch's for each element of grad_output alone, small or large."""
    # all is linear in grad_output: what holds for a basis and a sum holds for each grad_output
    p, rows, out_features = some_p, 2, 3
    sizes = rows, 4, out_features
    known = linear(4, out_features)
    layer = submission.Dropout(known.layer, p=p)
    basis = [np.zeros((rows, out_features)) for _ in range(rows * out_features)]
    for unit, place in zip(basis, product(range(rows), range(out_features)), strict=True):
        unit[place] = 10.0 ** rng.integers(-3, 4)
    for grad_output in [*basis, sum(basis)]:
        done = step_that_keeps(layer, known, numbers, sizes, p, seen, grad_output)
        done.assert_equals_pytorch("x", "weights", "bias")
    known = linear(4, 30)  # so many elements that some are dropped, and some kept
    layer = submission.Dropout(known.layer, p=p)
    step_that_keeps(layer, known, numbers, (4, 4, 30), p, seen).assert_equals_pytorch("x")


@pytest.mark.criterion("latest")
def test_backward_uses_the_latest_forward(submission, linear, numbers, rng, some_p, seen):
    """After several forward passes, the backward pass belongs to the latest one."""
    p = some_p
    known = linear(6, 30)
    layer = submission.Dropout(known.layer, p=p)
    for rows in (4, 4, 2):
        known.set_weights(numbers(6, 30))
        forward(layer, known, numbers(rows, 6))
    known.set_weights(numbers(6, 30))
    done = step_that_keeps(layer, known, numbers, (4, 6, 30), p, seen)
    done.assert_equals_pytorch("x", "weights", "bias")


@pytest.mark.criterion("latest")
def test_backward_can_be_repeated(submission, linear, numbers, some_p, seen):
    """A second backward pass, if the layer allows one, is for the same mask as the first."""
    p = some_p
    known = linear(6, 30)
    layer = submission.Dropout(known.layer, p=p)
    forward(layer, known, numbers(4, 6))
    passed = forward_that_keeps(layer, known, numbers, (4, 6), p, seen)
    layer.backward(numbers(4, 30))
    with contextlib.suppress(StudentError):  # PyTorch allows none either
        done = backward(layer, known, passed, numbers(4, 30), p)
        done.assert_equals_pytorch("x", "weights", "bias")


@pytest.mark.criterion("keeps")
def test_two_layers_keep_their_own_masks(submission, linear, numbers, some_p, seen):
    """Two Dropout layers in one network do not disturb each other's masks."""
    p, both = some_p, [linear(6, 30), linear(6, 30)]
    layers = [submission.Dropout(known.layer, p=p) for known in both]
    passed = [
        forward_that_keeps(layer, known, numbers, (4, 6), p, seen)
        for layer, known in zip(layers, both, strict=True)
    ]
    for each in zip(layers, both, passed, strict=True):
        backward(*each, numbers(4, 30), p).assert_equals_pytorch("x", "weights", "bias")


@pytest.mark.criterion("latest")
def test_gradients_do_not_accumulate(submission, linear, numbers, some_p, seen):
    """Each backward pass sets the gradients anew; nothing is left of the pass before."""
    p = some_p
    known = linear(5, 30)
    layer = submission.Dropout(known.layer, p=p)
    for _ in range(3):
        done = step_that_keeps(layer, known, numbers, (4, 5, 30), p, seen)
    done.assert_equals_pytorch("x", "weights", "bias")


@pytest.mark.criterion("keeps")
def test_backward_leaves_its_arguments_untouched(submission, linear, numbers, some_p):
    """The backward pass changes neither grad_output nor the layer's parameters."""
    where = f"Dropout(p={some_p}).backward"
    known = linear(4, 30)
    layer = submission.Dropout(known.layer, p=some_p)
    forward(layer, known, numbers(3, 4))
    grad_output = numbers(3, 30)
    before = grad_output.copy()
    layer.backward(grad_output)
    expect.untouched(grad_output, before, "grad_output", where)
    known.assert_untouched(where)


def distinct(values):
    """Return the different numbers among values if they are few; otherwise, that they are many."""
    # what a division by zero gives depends on the last bit of the dividend, so on the processor
    found = np.unique(np.round(np.where(np.isfinite(values), values, np.inf), 4))
    return found if found.size <= 4 else "many"


def told(gradients, known, passed, grad_output):
    """Return the factors of the elements of grad_output, where kept and where dropped, as text."""
    x, y, h = passed
    # with more inputs than rows and units, what the layer was given can be worked out
    given = {
        "grad_input": gradients["x"] @ np.linalg.pinv(known.weights.T),
        "weights": np.linalg.pinv(x.T) @ gradients["weights"],
    }
    back = {"grad_input": given["grad_input"] @ known.weights.T, "weights": x.T @ given["weights"]}
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
def watch(submission, linear, numbers):
    """A function that makes a layer, and one that takes a step with it and returns its facts."""

    def make(p=0.35, sizes=(12, 16, 12)):
        rows, in_features, out_features = sizes
        known = linear(in_features, out_features)
        layer = submission.Dropout(known.layer, p=p)

        def take():
            passed = forward(layer, known, numbers(rows, in_features))
            return tell(layer, known, passed, numbers(rows, out_features))

        return known, layer, take

    return make


def tell(layer, known, passed, grad_output):
    gradients = {
        "x": expect.array(layer.backward(grad_output.copy()), passed.x.shape, "grad_input", ""),
        "weights": expect.entry(known.layer.grads, "weights", known.weights.shape, ""),
        "bias": expect.entry(known.layer.grads, "bias", known.bias.shape, ""),
    }
    return told(gradients, known, passed, grad_output)


def observe_factors(watch):
    return [take() for *_, take in (watch(0.35), watch(0.8))]


def observe_later_steps(watch):
    _, _, take = watch()
    return [take() for _ in range(3)]


def observe_after_other_forwards(submission, linear, numbers):
    known = linear(16, 12)
    layer = submission.Dropout(known.layer, p=0.35)
    for rows in (12, 12, 3, 12):
        passed = forward(layer, known, numbers(rows, 16))
    return tell(layer, known, passed, numbers(12, 12))


def observe_a_second_backward(submission, linear, numbers):
    known = linear(16, 12)
    layer = submission.Dropout(known.layer, p=0.35)
    known.set_weights(numbers(16, 12))
    passed = forward(layer, known, numbers(12, 16))
    layer.backward(numbers(12, 12))
    return tell(layer, known, passed, numbers(12, 12))


def observe_two_layers(submission, linear, numbers):
    both = [linear(16, 12), linear(16, 12)]
    layers = [submission.Dropout(known.layer, p=0.35) for known in both]
    passed = [
        forward(layer, known, numbers(12, 16)) for layer, known in zip(layers, both, strict=True)
    ]
    return [tell(*each, numbers(12, 12)) for each in zip(layers, both, passed, strict=True)]


def observe_sums_over_steps(submission, linear, numbers):
    known = linear(3, 4)
    layer = submission.Dropout(known.layer, p=0.35)
    data, steps = 0.0, []
    for _ in range(2):
        x, y, h = forward(layer, known, numbers(5, 3))
        grad_output = numbers(5, 4)
        layer.backward(grad_output.copy())
        data = data + x.T @ (grad_output * y / h)
        weights = expect.entry(known.layer.grads, "weights", (3, 4), "")
        steps.append(np.allclose(weights, data))
    return steps


def observe_sizes(submission, linear, numbers, telling_sizes):
    seen = []
    for sizes in telling_sizes:
        known = linear(*sizes[1:])
        layer = submission.Dropout(known.layer, p=0.35)
        done = step_that_keeps(layer, known, numbers, sizes, 0.35, masks.Seen())
        seen.append(
            {
                name: any(np.allclose(done.gradient(name), way[name]) for way in done.expected)
                for name in ("x", "weights", "bias")
            }
        )
    return seen


def observe_changes_in_place(watch, numbers):
    known, layer, _ = watch()
    forward(layer, known, numbers(12, 16))
    grad_output = numbers(12, 12)
    before = grad_output.copy()
    layer.backward(grad_output)
    weights, bias = known.present("")
    pairs = [(grad_output, before), (weights, known.weights), (bias, known.bias)]
    return [np.array_equal(*pair) for pair in pairs]

"""The backward pass of Dropout, judged on the mask read back from the student's own output.

The gradients of x, weights and bias are judged in single steps: the first forward and backward pass
of a new layer. The later steps of a layer are judged by those gradients alone that are right in
single steps, up to a constant factor: a wrong scale in `backward` costs points once.

A right layer fails if each of 60 masks of at least 60 elements drops none, or keeps none, at a p
between 0.2 and 0.45: with a chance below 1e-300.
"""

import contextlib
import itertools
from functools import partial

import numpy as np
import pytest

from autograder.kit import Parts, StudentError, expect, masks, repeat, together
from autograder.kit.step import NAMES, assert_float64, title_of

RATES = [(0.1, 0.3), (0.4, 0.48), (0.6, 0.8), (0.02, 0.09)]  # never 1 - p
STRENGTHS = (1.0, 1.0, 1e4, 1e-4)  # of grad_output, in turn
STEPS, CALLS = 8, 200  # of a training: steps that are judged, twice, and calls between them
OWN = dict.fromkeys(("bias", "grad_input", "weights"), "the mask")  # of ones: after evaluation


@pytest.fixture
def make_steps(single, wrapped, numbers, cases, rng, once):
    """A function that makes single steps of new layers of each kind of sizes, once.

    They have any p and any grad_output.
    """

    def step_that_keeps(sizes, p, strength=1.0):
        done = None
        for _ in range(masks.TRIES):
            new = wrapped(p, *sizes[1:])
            x, grad_output = new.draw(sizes[0])
            grad_output = strength * grad_output
            if strength != 1:
                grad_output[rng.random(grad_output.shape) < 0.2] = 0
            try:
                passed = new.forward(x)
            except StudentError:  # for some batch size: this costs points in the forward pass
                return None
            except AssertionError:  # nan for 0 / 0, where all is dropped: likewise
                continue
            done = new.backward(passed, grad_output, confirmed=True)
            _, y, _, _, h = done.passed
            # some layers put tiny numbers in the place of zeros
            if (np.abs(y * grad_output) > 1e-6 * np.abs(h * grad_output)).any():
                break
        return done

    def take():
        for turn, (sizes, p) in enumerate(cases(RATES)):
            yield step_that_keeps(sizes, p, STRENGTHS[turn % len(STRENGTHS)])
        yield step_that_keeps((9, 4, 120), round(rng.uniform(0.97, 0.99), 3))

    return lambda: once("steps", lambda: [*filter(None, take()), *single.steps])


@pytest.fixture
def steps(make_steps):
    """Single steps of new layers of each kind of sizes."""
    return make_steps()


def two_steps(wrapped, p):
    """Return a new layer, what makes its forward pass, and the numbers of two steps."""
    on = wrapped(p)
    x, grad_output = on.draw()
    return on.layer, on.layer, x, grad_output, 1 - grad_output


@pytest.mark.criterion("x")
def test_no_gradient_flows_through_a_dropped_element(single, wrapped):
    """The gradient depends on grad_output only where the forward pass kept the element."""
    where = f"{single.where}.backward"
    for _ in range(masks.TRIES):
        new = wrapped(single.p)
        x, grad_output = new.draw()
        kept = new.forward(x).y != 0
        if not kept.all():
            break
    if kept.all():  # in so many calls: a layer that puts other numbers in the place of zeros
        return
    grad_output[kept] = 0.0
    grad_input = expect.array(new.layer.backward(grad_output), x.shape, "grad_input", where)
    expect.zero(
        grad_input,
        "grad_input",
        "grad_output is zero at all kept elements, so grad_input should be zero everywhere, but "
        f"{np.count_nonzero(grad_input)} of {grad_input.size} elements are not [{where}]",
    )


@pytest.mark.criterion("x")
def test_grad_input_equals_pytorch(single, steps):
    """The gradient of x equals PyTorch's for the mask that the forward pass drew."""
    for step in steps:
        step.assert_right("x", of=single.of)


@pytest.mark.criterion("parameters")
def test_weights_gradient_equals_pytorch(single, steps):
    """The gradient of the wrapped layer's weights equals PyTorch's for that mask."""
    for step in steps:
        step.assert_right("weights", of=single.of)


@pytest.mark.criterion("parameters")
def test_bias_gradient_equals_pytorch(single, steps):
    """The gradient of the wrapped layer's bias equals PyTorch's for that mask."""
    for step in steps:
        step.assert_right("bias", of=single.of)


@pytest.mark.criterion("latest")
def test_backward_uses_the_latest_forward(single, wrapped):
    """After several forward passes, the backward pass belongs to the latest one."""
    layer = wrapped(single.p)
    for rows in (4, 4, 4, 2, 4):
        x, grad_output = layer.draw(rows)
        try:
            passed = layer.forward(x)
        except StudentError:  # of another batch size: this costs points in the forward pass
            if rows == 4:
                raise
            layer = wrapped(single.p)
    single.check(layer.backward(passed, grad_output, " after several forward passes"))


@pytest.mark.criterion("latest")
def test_gradients_do_not_accumulate(single, wrapped):
    """Each backward pass sets the gradients anew; nothing is left of the pass before."""
    layer = wrapped(single.p)
    for _ in range(3):
        step = layer.step(*layer.draw(), " in the third step")
    single.check(step)


@pytest.mark.criterion("latest")
def test_all_may_be_dropped(single, wrapped):
    """If every element is dropped, or grad_output is 0, the gradients are set to 0."""
    single.check()
    steps = []
    for _ in range(masks.TRIES):
        layer = wrapped(0.9, 3, 2)
        x, grad_output = layer.draw(2)
        with contextlib.suppress(AssertionError):  # nan for 0 / 0: another fact
            passed = layer.forward(x)
            if not passed.y.any():
                steps.append(layer.backward(passed, grad_output, " where all is dropped"))
                break
    layer = wrapped(single.p)
    layer.step(*layer.draw())
    x, grad_output = layer.draw()
    steps.append(layer.step(x, 0 * grad_output, " where grad_output is 0"))
    for step, name in itertools.product(steps, single.factors):
        size = np.abs(step.gradient(name)).max()
        # a mask may have tiny numbers in the place of zeros, which is another fact
        assert size < 1e-3, f"{title_of(name)} should be 0, but has {size:.3g} [{step.where}]"


@pytest.mark.criterion("latest")
def test_an_output_of_zero_carries_gradient(single, wrapped, rng):
    """Where layer(x) is 0, gradient flows through a kept element, and none through a dropped one."""
    single.check()
    half, inputs = 30, 35
    weights = rng.normal(size=(inputs, 2 * half))
    weights[:, half:] = 0.0  # and no bias: so half of the units are 0, and two rows
    back = np.linalg.pinv(weights[:, :half].T)
    readings = {  # grad_output times the mask, read back from each gradient
        "x": lambda step, one, two, _: (step.gradient("x")[one] + step.gradient("x")[two]) @ back,
        "weights": lambda step, *rows: step.passed.x[rows[2]] @ step.gradient("weights")[:, half:],
        "bias": lambda step, *_: step.gradient("bias")[0],
    }
    found = {name: set() for name in single.factors}

    def stops(found):  # some layers never drop some of the rows
        return not single.drops or any(False in flows for flows in found.values())

    for turn in range(masks.TRIES):
        layer = wrapped(single.p, inputs, 2 * half, weights=weights)
        one, two, three = rng.permutation(5)[:3]  # with a seed, the same rows are dropped each time
        x, grad_output = rng.normal(size=(5, inputs)), np.zeros((5, 2 * half))
        x[one] = x[two] = 0.0
        grad_output[one, : half // 2] = grad_output[two, half // 2 : half] = 1.0
        grad_output[three, half:] = 1.0
        if turn % 2:
            layer.layer(x.copy())  # the first call of some layers drops nothing, or the second
        step = layer.step(x, grad_output)
        for name, flows in found.items():
            flow = np.abs(readings[name](step, one, two, three))
            flows.update((flow > flow.max() / 1000).tolist())
        if stops(found) and all(True in flows for flows in found.values()):
            return
    missing = {True} if any(True not in flows for flows in found.values()) else set()
    missing |= set() if stops(found) else {False}
    if missing & never_next_to_zero(wrapped, single.p):
        return  # the mask looks at layer(x): this costs points in the forward pass
    for name, flows in found.items():
        where = f"into {title_of(name)} [{single.where}.backward]"
        assert True in flows, f"where layer(x) is 0, gradient flows through no element {where}"
        assert stops(found), f"where layer(x) is 0, gradient flows through all elements {where}"


def never_next_to_zero(wrapped, p):
    """Return which of kept (True) and dropped elements next to zero, of one sign, there are never."""
    seen = {1e-200: set(), -1e-200: set()}
    for _ in range(masks.TRIES):
        for bias, kept in seen.items():
            layer = wrapped(p)
            layer.known.set_bias(np.full((1, 30), bias))
            kept.update((layer.forward(np.zeros((4, 6))).y != 0).ravel().tolist())
    return {True, False} - set.intersection(*seen.values())


@pytest.mark.criterion("latest")
def test_backward_after_evaluation_is_the_layers_own(single, wrapped):
    """After an evaluation pass, the backward pass is the wrapped layer's own, without a mask."""
    layer = wrapped(single.p)
    layer.step(*layer.draw())
    for rows in (4, 4, 2):
        layer.set_training(training=False)
        for number, n in (("a", rows), ("a second", 3)):
            x, grad_output = layer.draw(n)
            try:
                passed = layer.forward(x)
            except StudentError:  # of another batch size: this costs points in the forward pass
                if n == 4:
                    raise
                break
            when = f" after {number} pass with training=False"
            single.check_evaluation(layer.backward(passed, grad_output, when))
        layer = wrapped(single.p)  # which has never been training


@pytest.mark.criterion("latest")
def test_an_output_of_zero_carries_gradient_after_evaluation(single, wrapped, numbers):
    """After an evaluation pass, gradient flows wherever layer(x) is 0, too."""
    first, layer = wrapped(single.p), wrapped(single.p)
    for each in (first, layer):
        each.set_training(training=False)
    passed = first.forward(first.draw()[0])
    if np.allclose(passed.y, passed.h):  # otherwise it costs points in the forward pass
        layer.known.set_bias(np.zeros((1, 30)))
        x, grad_output = layer.draw()
        when = " after a pass with training=False, where layer(x) is 0"
        single.check_evaluation(layer.step(0 * x, grad_output, when))


@pytest.mark.criterion("latest")
def test_training_again_uses_the_new_mask(single, wrapped):
    """Back in training after evaluation, the backward pass belongs to the new mask."""
    layer = wrapped(single.p)
    layer.step(*layer.draw())
    layer.set_training(training=False)
    with contextlib.suppress(StudentError, AssertionError):  # another property judges this
        layer.step(*layer.draw())
    layer.set_training(training=True)
    single.check(layer.step(*layer.draw(), " in training after evaluation"))


@pytest.mark.criterion("latest")
def test_backward_can_be_repeated(single, wrapped):
    """A second backward pass, if the layer allows one, is for the same mask as the first."""
    layer = wrapped(single.p)
    layer.forward(layer.draw()[0])  # whose mask must not come back
    x, grad_output = layer.draw()
    passed = layer.forward(x)
    single.check(layer.backward(passed, grad_output))
    with contextlib.suppress(StudentError):  # PyTorch allows none either
        single.check(layer.backward(passed, 1 - grad_output, " for the second time"))


@pytest.mark.criterion("latest")
def test_present_weights_are_used(single, wrapped, numbers, ways):
    """The backward pass uses the weights of its step, in whatever way they have been changed."""
    layer = wrapped(single.p)
    for way in ways:
        layer.known.change(way, layer.layer, numbers(6, 30), numbers(1, 30))
        single.check(layer.step(*layer.draw(), f" with weights that were {way}"))


@pytest.mark.criterion("latest")
def test_each_step_of_a_training_has_its_own_mask(single, wrapped, numbers):
    """In a long training with evaluation passes, each backward pass belongs to its own step."""
    single.check()
    layer = wrapped(single.p)
    evaluated, *drawn = (layer.draw() for _ in range(1 + 2 * STEPS))

    def between():
        layer.known.layer.parameters = {"weights": numbers(6, 30), "bias": numbers(1, 30)}
        layer.layer.training = False
        y = layer.layer(evaluated[0])
        layer.layer.training = True
        return y

    def train(first, steps):
        asks = [ask for step in steps for ask in (between, *layer.asks(*step))]
        asked = together(layer.layer, *asks)
        for number, (x, grad_output) in enumerate(steps, first):
            _, y, parameters, *gradients = itertools.islice(asked, 5)
            passed = layer.passed(x, y, parameters)
            when = f" in training step {number}"
            single.check(layer.judge(passed, grad_output, *gradients, when))

    train(1, drawn[:STEPS])
    repeat(layer.layer, CALLS, evaluated[0])
    with contextlib.suppress(StudentError):  # a layer may allow no second one
        repeat(layer.layer.backward, CALLS, evaluated[1])
    train(1 + STEPS + CALLS, drawn[STEPS:])


@pytest.mark.criterion("latest")
def test_a_model_can_be_trained(submission, linear, single, wrapped, numbers):
    """A `Model` with the layer in it is trained by the gradients of each step."""
    single.check()
    layer, rate = wrapped(single.p), 0.01
    known = layer.known
    # a layer below sees grad_input; a wrong one would be an error in it
    below = linear(5, 6) if "x" in single.factors else None
    model = submission.Model([*([below.layer] if below else []), layer.layer])
    for _ in range(3):
        x, grad_output = numbers(4, 5 if below else 6), numbers(4, 30)
        y, parameters, grads, parameters_after = together(
            model,
            lambda x=x: model.forward(x.copy()),
            layer.parameters,
            lambda grad_output=grad_output: model.backward(grad_output.copy()),
            layer.parameters,
        )
        passed = layer.passed(below.output(x) if below else x, y, parameters, "Model.forward")
        known.take(parameters_after)
        if not isinstance(grads, list) or len(grads) != (2 if below else 1):
            raise AssertionError("Model.backward does not return the grads of its layers")
        grad_input = None
        if below:  # x has more inputs than rows
            weights = expect.entry(grads[0], "weights", (5, 6), "Model.backward")
            grad_input = np.linalg.pinv(x.T) @ weights
        step = layer.judge(passed, grad_output, grad_input, grads[-1], " in Model.backward")
        single.check(step)
        if {"weights", "bias"} <= single.factors.keys():
            before = {"weights": known.weights, "bias": known.bias}
            model.update_parameters(grads, rate)
            where = "Model.update_parameters"
            for (name, old), new in zip(before.items(), known.present(where), strict=True):
                expect.close(new, old - rate * step.gradient(name), name, where)
            if below:
                below.take(below.layer.parameters)


@pytest.mark.criterion("keeps")
def test_gradients_are_float64(single, make_steps):
    """The gradients of x, weights and bias are arrays of float64."""
    steps = single.steps
    with contextlib.suppress(StudentError, AssertionError):  # other properties judge this
        steps = make_steps()
    for step in steps:
        assert_float64(step.grad_input, step.grads, step.where)


@pytest.mark.criterion("keeps")
def test_two_layers_keep_their_own_masks(single, wrapped, attempt):
    """Dropout layers in one network do not disturb each other's masks; one may be in evaluation."""
    layers, evaluated = [wrapped(single.p), wrapped(single.p)], wrapped(single.p)
    evaluated.set_training(training=False)
    drawn = [layer.draw() for layer in layers]
    passed = [layer.forward(x) for layer, (x, _) in zip(layers, drawn, strict=True)]
    attempt(evaluated.layer, "__call__", evaluated.draw()[0])
    for layer, each, (_, grad_output) in zip(layers, passed, drawn, strict=True):
        single.check(layer.backward(each, grad_output, " after another layer's forward pass"))


@pytest.mark.criterion("keeps")
def test_gradients_stay_as_they_are(single, wrapped, overwritten_gradients):
    """What a backward pass returns, and the gradients it sets, stay when another one is made."""
    for name, overwritten in overwritten_gradients(partial(two_steps, wrapped, single.p)).items():
        assert not overwritten(), (
            f"the {title_of(name)} of one call is overwritten by the next [{single.where}.backward]"
        )


@pytest.mark.criterion("keeps")
def test_backward_leaves_its_arguments_untouched(single, wrapped, numbers):
    """The backward pass changes neither grad_output nor the layer's parameters."""
    where = f"{single.where}.backward"
    layer = wrapped(single.p)
    layer.known.set_weights(numbers(*layer.known.weights.shape, spread=True))
    x, grad_output = layer.draw()
    grad_output = numbers(*grad_output.shape, spread=True)
    layer.forward(x)
    before = grad_output.copy()
    layer.layer.backward(grad_output)
    expect.untouched(grad_output, before, "grad_output", where)
    layer.known.assert_untouched(where)


# the last one, since a loop that waits for a dropped element would never end
@pytest.mark.criterion("keeps")
def test_p_may_be_zero(single, wrapped):
    """With p = 0, the gradients are the wrapped layer's own."""
    layer = wrapped(0.0)
    x, grad_output = layer.draw()
    try:
        passed = layer.forward(x)
    except (StudentError, AssertionError):  # judged in the forward pass
        return
    right = [name for name, factor in single.factors.items() if factor == 1]
    if right and np.allclose(passed.y, passed.h):
        step = layer.backward(passed, grad_output)
        for name in right:  # a wrong scale costs other criteria
            step.assert_right(name)


def alike(a, b):
    """Return whether two arrays are equal but for the rounding of single precision."""
    return np.allclose(a, b, rtol=1e-4, atol=1e-4)


def distinct(values):
    """Return the different numbers among values if they are few; otherwise, that they are many."""
    # what a division by zero gives depends on the last bit of the dividend, so on the processor
    found = np.unique(np.round(np.where(np.isfinite(values), values, np.inf), 3))
    return found if found.size <= 4 else "many"


def told(layer, passed, grad_output):
    """Make a backward pass; return by what it multiplied grad_output, beside what the forward did.

    So a mistake in the forward pass does not hide one in the backward pass. In evaluation, the
    gradients are the layer's own whatever the output is, and say nothing new if it has zeros.
    """
    x, y, weights, _, h = passed if layer.training else passed._replace(y=passed.h)
    step = layer.backward(passed, grad_output)
    gradients = {name: with_both_axes(step, name) for name in NAMES}
    if not layer.training and not passed.y.all():
        return OWN
    # with more inputs than rows and units, what the layer was given can be worked out
    given = {
        "grad_input": gradients["x"] @ np.linalg.pinv(weights.T),
        "weights": np.linalg.pinv(x.T) @ gradients["weights"],
    }
    back = {"grad_input": given["grad_input"] @ weights.T, "weights": x.T @ given["weights"]}
    own = y / h
    scale = 1.0 if isinstance(distinct(own), str) else own.max()  # no mask and no scale can be read
    # a backward pass may scale as it should, whatever the forward pass does
    right = 1 / (1 - layer.p) if layer.training else 1.0
    ways = [
        ("the mask", own),
        ("the mask", (y != 0) * right),
        ("no mask", np.ones_like(y)),
        ("the mask without its scale", (y != 0) * 1.0),
        ("the mask twice", own**2),
        ("the mask twice", own * right),
        ("the scale without a mask", np.full_like(y, scale)),
        ("the dropped ones", (y == 0) * 1.0),
        ("the dropped ones, scaled", (y == 0) * scale),
        ("nothing", np.zeros_like(y)),
        ("the output", y),
    ]
    ways = [(name, grad_output * factors) for name, factors in ways]
    seen = {"bias": which(gradients["bias"], [(name, way.sum(axis=0)) for name, way in ways])}
    for name, found in given.items():
        seen[name] = which(found, ways)
        if not seen[name]:
            ratios = found / grad_output
            ratios = np.where(np.isclose(ratios, right, rtol=1e-4), 1.0, ratios / scale)
            values = distinct(found / grad_output)
            if not layer.training and len(values) == 2:
                seen[name] = "a mask"  # of an earlier call, with or without its scale
                continue
            seen[name] = {
                "kept": distinct(ratios[y != 0]),
                "dropped": distinct(ratios[y == 0]),
                "the same in all rows": alike(ratios, ratios[0]),
            }
        if not alike(back[name], gradients["x" if name == "grad_input" else name]):
            seen[name] = "not a layer's", seen[name]
    return seen


def with_both_axes(step, name):
    """Return a gradient; that of the bias may have lost an axis, which is a fact of its own."""
    found = step.grads.get(name) if isinstance(step.grads, dict) else None
    is_flat = isinstance(found, np.ndarray) and found.shape == step.passed.bias.shape[1:]
    return found[None] if name == "bias" and is_flat else step.gradient(name)


def which(found, known):
    """Return the name beside the first array that is alike; empty if none is."""
    return next((name for name, array in known if alike(found, array)), "")


@pytest.fixture
def watch(wrapped, numbers):
    """A function that makes a layer, and one that takes a step with it and returns its facts."""

    def make(p=0.35):
        layer = wrapped(p, 16, 12)
        return layer, lambda: told(layer, layer.forward(numbers(12, 16)), numbers(12, 12))

    return make


def observe_factors(watch):
    # at a larger rate, chance would decide whether a whole unit is dropped
    return [take() for _, take in (watch(0.35), watch(0.55))]


def observe_later_steps(watch):
    _, take = watch()
    return [take() for _ in range(3)]


def observe_after_many_calls(watch, numbers):
    layer, take = watch()
    repeat(layer.layer, 150, numbers(12, 16))
    return take()


def observe_a_large_grad_output(watch, numbers):
    layer, _ = watch()
    return told(layer, layer.forward(numbers(12, 16)), 1e4 * numbers(12, 12))


def observe_after_other_forwards(watch, numbers):
    layer, _ = watch()
    for rows in (12, 12, 3, 12):
        passed = layer.forward(numbers(rows, 16))
    return told(layer, passed, numbers(12, 12))


def observe_a_second_backward(watch, numbers):
    layer, _ = watch()
    for _ in range(2):
        passed = layer.forward(numbers(12, 16))
    layer.layer.backward(numbers(12, 12))
    return told(layer, passed, numbers(12, 12))


def observe_evaluation(watch):
    layer, take = watch()
    take()
    layer.set_training(training=False)
    return take()


def observe_training_after_evaluation(watch, numbers, attempt):
    layer, take = watch()
    layer.set_training(training=False)
    attempt(layer.layer, "__call__", numbers(12, 16))
    attempt(layer.layer, "backward", numbers(12, 12))  # observed elsewhere
    layer.set_training(training=True)
    return take()


def observe_evaluation_first(watch):
    layer, take = watch()
    layer.set_training(training=False)
    return take()


def observe_a_second_evaluation(watch):
    layer, take = watch()
    layer.set_training(training=False)
    take()
    return take()


def observe_zeros_in_evaluation(wrapped, numbers):
    layer, other = wrapped(0.35, 16, 12), wrapped(0.35, 16, 12)
    layer.known.set_bias(np.zeros((1, 12)))
    for each in (layer, other):
        each.set_training(training=False)
    step = layer.step(np.zeros((12, 16)), numbers(12, 12))
    found = distinct(step.gradient("x") / step.expected[0]["x"])
    drops = not other.forward(numbers(12, 16)).y.all()  # another fact, which would hide this one
    return np.array([1.0]) if drops else found


def observe_zeros(wrapped, numbers):
    # whole rows and whole units: a mask of either has some of both kinds among them
    weights, x = numbers(50, 40), numbers(40, 50)
    weights[:, 20:] = x[20:] = 0
    layer = wrapped(0.5, 50, 40, weights=weights)
    layer.forward(x)
    step = layer.step(x, np.ones((40, 40)))
    given = np.linalg.pinv(x[:20].T) @ step.gradient("weights")
    rows = step.gradient("x") @ np.linalg.pinv(weights[:, :20].T)
    own = (step.passed.y / step.passed.h)[:20, :20]
    return factors(given[:, 20:], own), factors(rows[20:], own)


def factors(values, own):
    """Return which of the right factors, 0 and the scale, are among values, or that others are.

    The scale is the forward pass's own, or the right one for p = 0.5. A forward pass without
    parentheses, as in mask / 1 - p, has a negative number for 0.
    """
    if alike(values, 1):  # before all else: the forward pass may forget its scale
        return "no mask"
    # rounding leaves some 1e-14 of a 0; what is added "for stability" is 1e-8, or seldom 1e-12
    of_dropped = own.min() if len(distinct(own)) == 2 and own.min() < 0 else 0.0
    nothing = np.isclose(values, of_dropped, atol=1e-10)
    for scale in (own.max(), 2):
        if (nothing | np.isclose(values, scale)).all():
            return np.unique(~nothing)
    return "others"


def observe_new_weights(watch, numbers):
    layer, take = watch()
    layer.known.set_weights(numbers(16, 12))
    return take()


def observe_two_layers(wrapped, numbers):
    layers = [wrapped(0.35, 16, 12), wrapped(0.35, 16, 12)]
    passed = [layer.forward(numbers(12, 16)) for layer in layers]
    return [told(*each, numbers(12, 12)) for each in zip(layers, passed, strict=True)]


def observe_beside_evaluation(wrapped, numbers, attempt):
    layer, evaluated = wrapped(0.35, 16, 12), wrapped(0.35, 16, 12)
    evaluated.set_training(training=False)
    passed = layer.forward(numbers(12, 16))
    attempt(evaluated.layer, "__call__", numbers(12, 16))
    return told(layer, passed, numbers(12, 12))


def observe_where_nothing_flows(wrapped, numbers):
    layer = wrapped(0.35, 16, 12)
    step = layer.step(numbers(12, 16), np.zeros((12, 12)))
    return Parts({name: lambda name=name: bool(step.gradient(name).any()) for name in NAMES})


def observe_gradients_that_are_kept(wrapped, overwritten_gradients):
    return Parts(overwritten_gradients(partial(two_steps, wrapped, 0.35)))


def observe_sums_over_steps(wrapped, numbers):
    layer = wrapped(0.35, 6, 20)
    data, steps = 0.0, []
    for _ in range(2):
        step = layer.step(numbers(12, 6), numbers(12, 20))
        found, rights = step.gradient("weights"), [each["weights"] for each in step.expected]
        data = data + next((right for right in rights if alike(found, right)), rights[-1])
        steps.append(alike(found, data))
    return steps


def observe_a_model(submission, linear, wrapped, numbers):
    first, layer = linear(5, 6), wrapped(0.35, 6, 4)
    model = submission.Model([first.layer, layer.layer])
    passed = layer.passed(first.output(x := numbers(4, 5)), model.forward(x), layer.parameters())
    grads = model.backward(numbers(4, 4))
    model.update_parameters(grads, 0.1)
    return alike(layer.known.present("")[0], passed.weights)


def observe_dropped_elements(watch, numbers):
    layer, _ = watch()
    passed = layer.forward(numbers(12, 16))
    step = layer.backward(passed, np.where(passed.y == 0, numbers(12, 12), 0.0))
    return {name: bool(with_both_axes(step, name).any()) for name in NAMES}


def observe_axes(watch, numbers):
    layer, _ = watch()
    return layer.step(numbers(12, 16), numbers(12, 12)).gradient("bias").shape


def observe_types(watch, numbers):
    layer, _ = watch()
    step = layer.step(numbers(12, 16), numbers(12, 12))
    for name in NAMES:
        step.gradient(name)
    return [step.grad_input.dtype.name, *(step.grads[name].dtype.name for name in NAMES[1:])]


def observe_no_rate(wrapped, numbers):
    _ = wrapped(0.35, 16, 12).layer.training  # asked for: else the layer is made later
    try:
        layer = wrapped(0.0, 16, 12).layer
        _ = layer.training
    except StudentError:
        return "refused"
    try:
        layer(numbers(12, 16))
    except StudentError:  # then backward has nothing to go by
        return True
    layer.backward(numbers(12, 12))
    return True


def observe_sizes(wrapped, numbers, telling_sizes):
    steps = []
    for rows, in_features, out_features in [(12, 16, 12), *telling_sizes]:
        layer = wrapped(0.35, in_features, out_features)
        for _ in range(masks.TRIES):
            step = layer.step(numbers(rows, in_features), numbers(rows, out_features))
            if step.passed.y.any():
                break
        steps.append(step)

    def see(name):
        usual, *others = steps
        if not is_right(usual, name):  # what is wrong for a usual size says nothing new for another
            return False
        # nor does a step without a dropped element
        return [is_right(step, name) or not (step.passed.y == 0).any() for step in others]

    return Parts({name: partial(see, name) for name in NAMES})


def is_right(step, name):
    return any(alike(with_both_axes(step, name), each[name]) for each in step.expected)


def observe_a_square_layer(wrapped, numbers):
    layer = wrapped(0.35, 12, 12).layer
    layer(numbers(12, 12))
    layer.backward(numbers(12, 12))
    return True


def observe_changes_in_place(watch, numbers):
    layer, _ = watch()
    layer.forward(numbers(12, 16))
    grad_output = numbers(12, 12)
    before = grad_output.copy()
    layer.layer.backward(grad_output)
    weights, bias = layer.known.present("")
    pairs = [(grad_output, before), (weights, layer.known.weights), (bias, layer.known.bias)]
    return [np.array_equal(*pair) for pair in pairs]

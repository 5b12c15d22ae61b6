"""The forward pass of L2 regularization: the layer's own output, and the penalty.

The penalty is judged by the first answers of new layers. Whether it is that of the present weights is
judged by comparing later answers with a new layer of the same class: a penalty that is half of
what it should be, always, follows the weights all the same.
"""

from collections.abc import Callable
from contextlib import suppress
from functools import cache, partial
from itertools import chain, combinations_with_replacement, cycle
from typing import Any, NamedTuple

import numpy as np
import pytest

from autograder.kit import Parts, StudentError, expect, repeat, take_turns, together

COEFFICIENTS = [(0.02, 0.4), (1.2, 9.0)]
DEEP = (3, 150, 4), 0.3  # sizes and coefficient: many inputs
FAILS = (StudentError, AttributeError, TypeError)  # what a call of a method may raise
MANY = 200  # calls
HARDLY = 9e-6  # a relative change for which `np.allclose` is true, but which doubles the tolerance


def forward(case):
    return case.layer(case.x.copy())


def backward(case):
    return case.layer.backward(case.grad_output.copy())


def penalty(case):
    return case.layer.penalty()


def forward_and_penalty(case):
    forward(case)
    return penalty(case)


def reset(case):
    case.reset()


def evaluate(case):
    case.set_training(training=False)


def train(case):
    case.set_training(training=True)


def forward_of_zeros(case):
    return case.layer(np.zeros_like(case.x))


def changed_to(later, way):
    """Return a function that gives a layer the parameters of another case."""
    return lambda case: case.change_to(later, way)


def ask_new(case, *plans, after=(forward,)):
    """Ask a new layer for each plan, a list of calls; return the last answer of each.

    First come calls that other properties judge; they are left out if one fails.
    """
    for others in (after, ()):
        new = [case.anew() for _ in plans]
        calls = [
            [partial(ask, each) for ask in (*others, *plan)]
            for each, plan in zip(new, plans, strict=True)
        ]
        try:
            asked = together(case.submission.L2regularization, *chain(*calls))
            return [[next(asked) for _ in plan][-1] for plan in calls]
        except StudentError:
            if not others:
                raise
    raise AssertionError


def first_answers(*cases):
    """Return what a new layer first returns as its penalty, for each case.

    It is asked after a forward pass, unless one fails or changes the parameters, which other
    properties judge.
    """

    def asks(new):
        yield partial(forward, new)
        yield lambda: new.known.layer.parameters
        yield partial(penalty, new)

    new = [case.anew() for case in cases]
    of = new[0].submission.L2regularization
    penalties = []
    try:
        asked = together(of, *(ask for each in new for ask in asks(each)))
        for each in new:
            next(asked)
            weights, bias = each.known.read(next(asked), each.where)
            expect.untouched(weights, each.weights, "weights", each.where)
            expect.untouched(bias, each.bias, "bias", each.where)
            penalties.append(next(asked))
    except (StudentError, AssertionError):
        new = [case.anew() for case in cases]
        penalties = [*together(of, *(partial(penalty, each) for each in new))]
    return penalties


def first_penalties(*cases):
    """Return the first penalty of a new layer for each case, as a number."""
    return [
        number(found, f"{case.where}.penalty")
        for found, case in zip(first_answers(*cases), cases, strict=True)
    ]


def number(value, where):
    """Return a penalty as a number. That it is no array of one number is another fact."""
    if isinstance(value, np.ndarray) and value.size == 1:
        value = value.reshape(())
    return expect.number(value, "penalty", where)


def assert_right(*cases):
    """Check the first penalty of each case."""
    for case, found in zip(cases, first_penalties(*cases), strict=True):
        where = f"{case.where}.penalty{expect.given(weights=case.weights)}"
        right = case.coefficient * float((case.weights**2).sum())
        expect.close(found, right, "penalty", where)


def assert_same(case, found):
    """Check that later penalties are the first one of a new layer with the same numbers.

    Parameters
    ----------
    case : Regularized
    found : dict
        The penalties, by the words for when they were asked for.
    """
    (first,) = first_penalties(case)
    for when, value in found.items():
        later = number(value, f"{case.where}.penalty {when}")
        assert abs(later - first) <= expect.TOLERANCE * abs(first), (
            f"penalty={later:.6g} {when}, but another layer with the same weights has "
            f"penalty={first:.6g} [{case.where}.penalty]"
        )


@pytest.fixture
def coefficient(rng):
    return round(rng.uniform(0.05, 0.4), 3)


@pytest.fixture
def case(regularized, coefficient):
    """A layer with numbers for one step. With one row, a mean over the batch is a sum."""
    return regularized(1, 4, 6, coefficient)


def with_hardly_other_weights(case):
    return case.anew(weights=case.weights * (1 + HARDLY))


def two_with_same_sum(case):
    """Return two cases whose weights have the same sum, and not the same sum of squares."""
    weights = np.round(case.weights)  # so that the sums are exact
    others = weights.copy()
    others[1:3, 1] += 0.5, -0.5
    return case.anew(weights=weights), case.anew(weights=others)


class Used(NamedTuple):
    """A layer after many calls of each method, and its answers with its parameters set again."""

    case: Any
    output: Callable[[], Any]
    penalty: Callable[[], Any]


@pytest.fixture
def used(case, once):
    """A `Used` layer; no other layer is made between its calls and its answers."""

    def use():
        used = case.anew()
        for method, *arguments in (("", used.x), ("backward", used.grad_output), ("penalty",)):
            with suppress(*FAILS):  # other properties judge whether they work
                call = getattr(used.layer, method) if method else used.layer
                repeat(call, MANY, *arguments)
        return Used(used, *(answer(used, ask) for ask in (forward, penalty)))

    return once("used", use)


def answer(case, ask):
    """Ask a layer, and return a function that returns the answer or raises the error."""
    case.reset()
    try:
        value = ask(case)
    except FAILS as error:
        return partial(again, error)
    return lambda: value


def again(error):
    raise error


@pytest.mark.criterion("penalty")
@pytest.mark.essential
def test_penalty_follows_the_weights(case):
    """The penalty depends on the weights: other weights give another one."""
    penalties = first_penalties(*(case.anew(weights=case.weights * n) for n in (1, -2, 0.1)))
    assert np.ptp(penalties) > expect.TOLERANCE * np.max(np.abs(penalties)), (
        f"penalty={penalties[0]:.6g} for different weights: it does not follow them "
        f"[{case.where}.penalty]"
    )


@pytest.mark.criterion("output")
def test_output_is_the_layers_output(regularized, cases):
    """The output is layer(x), unchanged, in training and in evaluation."""
    drawn = [
        regularized(*sizes, coefficient) for sizes, coefficient in (*cases(COEFFICIENTS), DEEP)
    ]

    def large(case):
        case.reset()
        return case.layer(100 * case.x)

    def evaluated(case):
        case.reset()
        case.layer.training = False
        return forward(case)

    asks = [(case, ask) for case in drawn for ask in (forward, large, evaluated)]
    asked = together(
        drawn[0].submission.L2regularization, *(partial(ask, case) for case, ask in asks)
    )
    for case, ask in asks:
        x = case.x * 100 if ask is large else case.x
        where = f"{case.where}, training={ask is not evaluated}"
        where += expect.given(x=x, weights=case.weights, bias=case.bias)
        y = next(asked)
        expect.close(y, x @ case.weights + case.bias, "output", where)


@pytest.mark.criterion("output")
def test_output_is_that_of_the_parameters_as_they_are_now(case, numbers, ways):
    """The output is that of the weights and the bias as they are now, however they were changed."""
    later = case.anew(weights=numbers(4, 6), bias=numbers(1, 6))
    changes = [changed_to(later, way) for way in ways]
    outputs = ask_new(case, *([change, forward] for change in changes))
    outputs += ask_new(case, [evaluate, forward, changes[0], forward])
    for way, y in zip((*ways, f"{ways[0]} in evaluation"), outputs, strict=True):
        where = f"{case.where}, after its parameters were {way}"
        expect.close(y, later.x @ later.weights + later.bias, "output", where)


@pytest.mark.criterion("output")
def test_output_for_the_same_x_is_that_of_the_present_parameters(case, numbers):
    """In training with the whole data at once, x stays the same, and the output does not."""
    x, on, usual = case.x.copy(), case.anew(), case.anew()
    usual.layer(x)
    weights, bias = usual.known.present(case.where)
    pairs = (x, case.x), (weights, case.weights), (bias, case.bias)
    if not all(np.array_equal(*pair) for pair in pairs):  # which costs another criterion
        return
    later = case.anew(weights=numbers(4, 6), bias=numbers(1, 6))
    steps = {"weights": case.weights - later.weights, "bias": case.bias - later.bias}
    model = case.submission.Model([on.layer])
    calls = (on.layer, x), (model.update_parameters, [steps], 1.0)
    _, _, y, _ = take_turns(2, *calls, same_arrays=True)
    where = f"{case.where}, for the same x after its parameters were updated by a Model"
    expect.close(y, x @ later.weights + later.bias, "output", where)


@pytest.mark.criterion("output")
def test_a_batch_of_another_size_has_its_own_output(case, numbers):
    """The output is layer(x) for batches of other sizes, too, one after the other."""
    new = case.anew()
    for rows in (5, 2, 9):
        x = numbers(rows, 4)
        y = new.layer(x.copy())
        new.reset()
        expect.close(y, x @ case.weights + case.bias, "output", f"{case.where}, {rows} rows")


@pytest.mark.criterion("output")
def test_output_is_right_after_many_steps(used):
    """The output is layer(x) after hundreds of steps, too."""
    case = used.case
    where = f"{case.where}, after {MANY} steps"
    expect.close(used.output(), case.x @ case.weights + case.bias, "output", where)


@pytest.mark.criterion("penalty")
def test_penalty_is_coefficient_times_sum_of_squares(regularized, cases):
    """The penalty is coefficient * sum(weights ** 2), for every size of the layer."""
    assert_right(*(regularized(*sizes, number) for sizes, number in (*cases(COEFFICIENTS), DEEP)))


@pytest.mark.criterion("penalty")
def test_penalty_is_right_for_all_weights(regularized, coefficient):
    """The penalty is right for each weight alone and for each two together, small or large."""
    # it is a quadratic form of the weights: these determine it for all weights
    others, drawn = 0.0, []
    try:
        first_penalties(regularized(1, 2, 2, coefficient, weights=np.zeros((2, 2))))
    except (AssertionError, StudentError):  # that it fails for weights of 0 is another fact
        others = 0.125
    sizes = cycle([1e-3, 1.0, 1e3])
    for (i, j), size in zip(combinations_with_replacement(range(4), 2), sizes, strict=False):
        weights = np.full(4, others * size)
        weights[i] += size
        weights[j] -= 2 * size
        drawn.append(regularized(1, 2, 2, coefficient, weights=weights.reshape(2, 2)))
    assert_right(*drawn)


@pytest.mark.criterion("penalty")
def test_penalty_is_proportional_to_the_coefficient(regularized, rng):
    """The penalty is proportional to the coefficient, however small or large."""
    powers = 10.0 ** np.array([-5, -4, -3, -1, 0])
    coefficients = [float(f"{rng.uniform(1.1, 9) * power:.3g}") for power in powers]
    assert_right(*(regularized(2, 3, 2, each) for each in (*coefficients, 2000.0)))


@pytest.mark.criterion("penalty")
def test_penalty_is_a_number(case):
    """The penalty is one number, and no array."""
    [found] = first_answers(case)
    expect.number(found, "penalty", f"{case.where}.penalty")


@pytest.mark.criterion("penalty")
def test_bias_is_not_penalised(case):
    """The bias does not enter the penalty."""
    before, after = first_penalties(case, case.anew(bias=case.bias * 10))
    # of the size of the right penalty: next to a larger number, no bias would show
    right = case.coefficient * float((case.weights**2).sum())
    assert abs(after - before) <= expect.TOLERANCE * right, (
        f"a layer has penalty={before:.6g}, and with ten times the bias penalty={after:.6g} "
        f"[{case.where}.penalty]"
    )


@pytest.mark.criterion("now")
def test_penalty_needs_no_forward_pass(case):
    """The penalty is the same before any forward pass."""
    assert_same(case, {"before any forward pass": penalty(case.anew())})


@pytest.mark.criterion("now")
def test_penalty_is_that_of_the_weights_as_they_are_now(case, numbers, ways):
    """The penalty is that of the weights as they are now, without another forward pass."""
    later = case.anew(weights=numbers(4, 6), bias=numbers(1, 6))
    for before, after, kind in (
        (case, later, ""),
        (*two_with_same_sum(case), ", with the same sum"),
        (case, with_hardly_other_weights(case), f", by {HARDLY:.0e} of each"),
    ):
        found = ask_new(before, *([penalty, changed_to(after, way), penalty] for way in ways))
        whens = (f"after the weights were {way}{kind}" for way in ways)
        assert_same(after, dict(zip(whens, found, strict=True)))
    change = changed_to(later, ways[0])
    plans = [evaluate, penalty, change, penalty], [penalty, change, evaluate, penalty]
    whens = "in evaluation, after the weights were changed there", "in evaluation, after a change"
    assert_same(later, dict(zip(whens, ask_new(case, *plans), strict=True)))


@pytest.mark.criterion("now")
def test_penalty_is_the_same_whenever_it_is_asked_for(case, used):
    """The penalty of the same weights is the same in evaluation, and however often it is asked for."""
    plans = {
        "when it is asked for again": [penalty],
        "in evaluation": [evaluate],
    }
    with suppress(*FAILS):  # of a forward pass, which costs another criterion
        ask_new(case, [evaluate, forward], [forward_of_zeros])
        plans |= {
            "after a forward pass in evaluation": [evaluate, forward],
            "in training after evaluation": [evaluate, forward, train],
            "after a forward pass with x=0": [forward_of_zeros],
        }
    found = ask_new(case, *([*calls, reset, penalty] for calls in plans.values()))
    assert_same(case, dict(zip(plans, found, strict=True)))
    assert_same(used.case, {f"after {MANY} steps": used.penalty()})


@pytest.mark.criterion("now")
def test_penalty_is_right_while_a_model_is_trained(case, numbers):
    """The penalty of a model is that of its layer, before and after each step of training."""
    if isinstance(first_answers(case)[0], np.ndarray):
        return  # `Model` needs a number: this costs another criterion
    new = case.anew()
    model = case.submission.Model([new.layer])
    grads = {"weights": numbers(4, 6), "bias": numbers(1, 6)}
    later = case.anew(weights=case.weights - 0.1 * grads["weights"])
    steps = [
        lambda: model.forward(case.x.copy()),
        lambda: model.backward(case.grad_output.copy()),
        lambda: model.update_parameters([grads], 0.1),
    ]
    with suppress(StudentError):
        list(together(model, *steps))
    new.change_to(later)
    assert_same(later, {"of a model with this layer alone": model.penalty()})


@pytest.mark.criterion("keeps")
def test_output_is_float64(regularized, cases):
    """The output is an array of float64, in training and in evaluation."""
    for sizes, coefficient in cases(COEFFICIENTS):
        case = regularized(*sizes, coefficient)
        with suppress(StudentError):  # another property judges this
            outputs = ask_new(case, [forward], [evaluate, forward])
            for y, when in zip(outputs, ("training", "evaluation"), strict=True):
                expect.float64(y, "output", f"{case.where} in {when}")


@pytest.mark.criterion("keeps")
def test_the_coefficient_may_be_zero(case):
    """The coefficient may be 0: then the penalty is 0."""
    if is_usual_penalty_right(case):
        [zero] = first_penalties(case.anew(coefficient=0))
        assert zero == 0, f"penalty={zero:.6g} with coefficient=0, but should be 0 [{case.where}]"


@pytest.mark.criterion("keeps")
def test_all_weights_may_be_zero(case):
    """Where all weights are 0, so is the penalty."""
    if is_usual_penalty_right(case):
        [zero] = first_penalties(case.anew(weights=np.zeros((4, 6))))
        assert abs(zero) < 1e-9, (
            f"penalty={zero:.6g} where all weights are 0, but should be 0 [{case.where}]"
        )


def is_usual_penalty_right(case):
    """Return whether the penalty is right for a coefficient and weights that are not 0."""
    [usual] = first_penalties(case)
    right = case.coefficient * float((case.weights**2).sum())
    return abs(usual - right) <= expect.TOLERANCE * right


@pytest.mark.criterion("keeps")
def test_default_coefficient_is_one_hundredth(case):
    """Without a coefficient, 0.01 is taken."""
    default, explicit = first_penalties(case.anew(coefficient=None), case.anew(coefficient=0.01))
    assert abs(default - explicit) <= expect.TOLERANCE * abs(explicit), (
        f"penalty={default:.6g} without a coefficient, but penalty={explicit:.6g} with "
        "coefficient=0.01 [L2regularization().penalty]"
    )


@pytest.mark.criterion("keeps")
def test_two_layers_do_not_disturb_each_other(case, numbers):
    """Two layers in one network have coefficients and penalties of their own."""
    other = case.anew(coefficient=case.coefficient + 2, weights=numbers(4, 6))
    expected = [first_penalties(each)[0] for each in (case, other)]
    first, second = case.anew(), other.anew()
    for each in (first, second):
        with suppress(StudentError):
            forward(each)
    for each, right in zip((first, second), expected, strict=True):
        each.reset()
        found = number(penalty(each), f"{each.where}.penalty")
        assert abs(found - right) <= expect.TOLERANCE * abs(right), (
            f"penalty={found:.6g} beside another layer, but penalty={right:.6g} without it "
            f"[{each.where}.penalty]"
        )


@pytest.mark.criterion("keeps")
def test_an_output_stays_as_it_is(case, numbers, overwrites):
    """What a forward pass returns stays as it is when another one is made."""
    other = numbers(*case.x.shape)

    def calls():
        on = case.anew()
        return [(on.layer, case.x), (on.layer, other)]

    assert not overwrites(calls), (
        f"the output of one call is overwritten by the next [{case.where}]"
    )


def calls_of_new(case):
    """Return a call for each of two new layers, which are made at once: they may set a seed then."""
    new = [case.anew(), case.anew()]
    assert all(each.layer is not None for each in new)
    return [partial(forward_and_penalty, each) for each in new]


@pytest.mark.criterion("keeps")
def test_no_seed_is_set(case, sets_a_seed):
    """The layer sets no seed: what others draw from np.random after a call is left to chance."""
    assert not sets_a_seed(*calls_of_new(case)), (
        "after a forward pass and penalty(), np.random.random() always returns the same numbers "
        f"[{case.where}]"
    )


@pytest.mark.criterion("keeps")
def test_forward_leaves_its_arguments_untouched(case, numbers):
    """A new layer, its forward pass and its penalty change neither x nor the parameters."""
    case = case.anew(x=numbers(1, 4, spread=True), weights=numbers(4, 6, spread=True))
    before = case.x.copy()
    with suppress(StudentError):  # `output` judges whether it works
        case.layer(case.x)
    expect.untouched(case.x, before, "x", case.where)
    case.known.assert_untouched(case.where)
    penalty(case)
    case.known.assert_untouched(f"{case.where}.penalty")


@pytest.fixture
def watched(regularized):
    """A layer with fixed sizes."""
    return regularized(4, 4, 2, 0.3)


def numbers_of(*penalties):
    """Return penalties as facts."""
    return [expect.number(each, "penalty", "") for each in penalties]


@pytest.mark.parametrize("training", [True, False])
def observe_output(watched, training):
    watched.layer.training = training
    seen = []
    for x in (watched.x, 100 * watched.x):
        y = expect.array(watched.layer(x.copy()), (4, 2), "output", "")
        seen.append("layer(x)" if np.allclose(y, x @ watched.weights + watched.bias) else y)
    return seen


def observe_kinds_of_numbers(watched):
    expect.float64(forward(watched), "output", "")
    found = penalty(watched)
    return found.shape if isinstance(found, np.ndarray) else "no array"


def observe_output_after_changes(watched, numbers, ways):
    later = watched.anew(weights=numbers(4, 2), bias=numbers(1, 2))
    right = later.x @ later.weights + later.bias
    plans = ([changed_to(later, way), forward] for way in ways)
    outputs = ask_new(watched, *plans)
    return [np.allclose(expect.array(y, (4, 2), "output", ""), right) for y in outputs]


def observe_output_after_changes_in_evaluation(watched, numbers):
    later = watched.anew(weights=numbers(4, 2), bias=numbers(1, 2))
    change = changed_to(later, "set all at once")
    asks = forward, lambda case: case.layer(2 - case.x)
    outputs = ask_new(watched, *([evaluate, forward, change, ask] for ask in asks))
    return [expect.array(y, (4, 2), "output", "") for y in outputs]


def observe_output_of_sizes(regularized):
    cases = [regularized(*sizes, 0.3) for sizes in ((1, 4, 2), (4, 4, 1), (4, 1, 2))]
    outputs = [forward(case) for case in cases]
    return [y.shape if isinstance(y, np.ndarray) else "no array" for y in outputs]


def observe_batches(watched, numbers):
    seen = []
    for rows in (4, 2, 7):
        x = numbers(rows, 4)
        y = expect.array(watched.layer(x.copy()), (rows, 2), "output", "")
        seen.append(np.allclose(y, x @ watched.weights + watched.bias))
    return seen


def observe_the_same_x(watched, numbers):
    model = watched.submission.Model([watched.layer])
    steps = {"weights": numbers(4, 2), "bias": numbers(1, 2)}
    calls = (watched.layer, watched.x), (model.update_parameters, [steps], 1.0)
    y, _, again, _ = take_turns(2, *calls, same_arrays=True)
    return np.array_equal(y, again)


def observe_a_seed(watched, sets_a_seed):
    return sets_a_seed(*calls_of_new(watched))


def observe_an_output_that_is_kept(watched, overwrites):
    return overwrites(lambda: [(watched.layer, watched.x), (watched.layer, 1 - watched.x)])


def observe_output_after_many_steps(watched, attempt):
    for _ in range(2):
        forward(watched)
        attempt(watched.layer, "backward", watched.grad_output.copy())
    watched.reset()
    return expect.array(forward(watched), (4, 2), "output", "")


def observe_penalty(watched, numbers):
    changes = numbers(4, 2), numbers(3, 4), numbers(1, 2)

    @cache
    def ask(mode):
        return penalties_in_turn(watched.anew(), *changes, training=mode == "training")

    return Parts(
        training=lambda: numbers_of(*ask("training")),
        evaluation=lambda: like(ask("evaluation"), ask("training")),
    )


def penalties_in_turn(on, weights, x, bias, *, training):
    """Return the penalties of a layer before and after changes."""
    on.layer.training = training
    seen = []
    for _ in range(2):
        forward(on)
        seen += [penalty(on), penalty(on)]
    on.known.set_weights(weights)
    seen.append(penalty(on))
    on.layer(x.copy())
    seen.append(penalty(on))
    on.known.layer.bias = bias.copy()
    seen.append(penalty(on))
    return seen


def like(found, training):
    """Return penalties in evaluation as facts: what else is wrong with them is seen in training."""
    pairs = zip(numbers_of(*found), numbers_of(*training), strict=True)
    return ["as in training" if np.isclose(*pair, atol=0) else pair[0] for pair in pairs]


def observe_penalty_after_a_forward_pass(watched):
    ways = [forward_of_zeros], [evaluate, forward], [evaluate, forward, train]
    found = ask_new(watched, *([*calls, penalty] for calls in ways))
    return like(found, ask_new(watched, *[[penalty]] * len(ways)))


def observe_penalty_before_any_forward_pass(watched):
    cases = [watched.anew(coefficient=each) for each in (0, 2e-5, 0.3, 5.0)]
    return numbers_of(*map(penalty, cases))


def observe_penalty_of_coefficients(watched):
    cases = [watched.anew(coefficient=each) for each in (0, 2e-5, 5.0)]
    return numbers_of(*(forward_and_penalty(case) for case in cases))


def observe_a_large_coefficient(watched):
    case = watched.anew(coefficient=2000.0)
    (found,) = numbers_of(forward_and_penalty(case))
    right = 2000.0 * float((case.weights**2).sum())
    return "right" if np.isclose(found, right) else "smaller" if 0 < found < right else "other"


def observe_penalty_of_sizes(regularized):
    sizes = ((1, 1), (4, 2), (2, 4), (3, 3), (150, 2), (4, 1), (1, 4))
    cases = [regularized(3, *each, 0.3) for each in sizes]
    return numbers_of(*(forward_and_penalty(case) for case in cases))


def observe_penalty_of_other_weights(watched):
    cases = [watched.anew(weights=size * watched.weights) for size in (1e-3, 1e3)]
    return numbers_of(*(forward_and_penalty(case) for case in cases))


def observe_penalty_after_changes(watched, numbers, ways):
    later = watched.anew(weights=numbers(4, 2), bias=numbers(1, 2))
    return numbers_of(
        *ask_new(watched, *([penalty, changed_to(later, way), penalty] for way in ways))
    )


def observe_penalty_after_a_change_with_the_same_sum(watched):
    first, later = two_with_same_sum(watched)
    change = changed_to(later, "set all at once")
    return numbers_of(*ask_new(first, [penalty, change, penalty]))


def observe_penalty_after_a_small_change(watched):
    later = with_hardly_other_weights(watched)
    change = changed_to(later, "set all at once")
    [found] = numbers_of(*ask_new(watched, [penalty, change, penalty]))
    [again] = numbers_of(penalty(watched))
    return abs(found - again) > HARDLY * abs(again)


def observe_penalty_of_changes_in_evaluation(watched, numbers):
    later = watched.anew(weights=numbers(4, 2), bias=numbers(1, 2))
    change = changed_to(later, "set all at once")
    plans = [evaluate, penalty, change, penalty], [penalty, change, evaluate, penalty]
    return like(ask_new(watched, *plans), ask_new(later, [penalty], [penalty]))


def observe_penalty_of_zero_weights(watched):
    return numbers_of(forward_and_penalty(watched.anew(weights=np.zeros((4, 2)))))


def observe_default(watched):
    case = watched.anew(coefficient=None)
    forward(case)
    (found,) = numbers_of(penalty(case))
    return "0.01" if np.isclose(found, 0.01 * (case.weights**2).sum()) else "another"


def observe_penalty_while_training(watched, numbers, attempt):
    seen = []
    for _ in range(3):
        forward(watched)
        attempt(watched.layer, "backward", numbers(4, 2))
        watched.known.set_weights(numbers(4, 2))
        seen.append(penalty(watched))
    return numbers_of(*seen)


def observe_penalty_after_many_steps(watched):
    repeat(watched.layer, MANY, watched.x)
    repeat(watched.layer.penalty, MANY)
    watched.reset()
    return numbers_of(penalty(watched))


def observe_two_layers(watched):
    both = [watched, watched.anew(coefficient=5.0)]
    for each in both:
        forward(each)
    return numbers_of(*map(penalty, both))


def observe_changes_in_place(watched, numbers):
    watched = watched.anew(weights=numbers(4, 2, spread=True))
    before = watched.x.copy()
    watched.layer(watched.x)
    penalty(watched)
    weights, bias = watched.known.present("")
    pairs = [(watched.x, before), (weights, watched.weights), (bias, watched.bias)]
    return [np.array_equal(*pair) for pair in pairs]

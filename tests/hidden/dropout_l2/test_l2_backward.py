"""The backward pass of L2 regularization: PyTorch's gradient of the loss plus the penalty.

Single steps with new layers show which gradients are right. Later steps are judged by these alone.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property, partial
from itertools import cycle, product
from typing import Any, NamedTuple

import numpy as np
import pytest

from autograder.kit import Parts, StudentError, expect, oracle, repeat, together
from autograder.kit.step import assert_float64, title_of

COEFFICIENTS = [(0.02, 0.4), (1.2, 9.0)]
GRADIENTS = ("weights", "bias", "x")
FAILS = (StudentError, AttributeError, TypeError)  # what a call of a method may raise
MANY = 200  # steps


def loss(x, weights, bias, coefficient, grad_output):
    return ((x @ weights + bias) * grad_output).sum() + coefficient * (weights**2).sum()


def closed_form(x, weights, bias, coefficient, grad_output):
    return {
        "x": grad_output @ weights.T,
        "weights": x.T @ grad_output + 2 * coefficient * weights,
        "bias": grad_output.sum(axis=0, keepdims=True),
    }


def nothing(case):
    """Do nothing with a layer."""


@dataclass
class Plan:
    """A step to be made: the layer, the numbers, and other calls with the layer."""

    on: Any
    case: Any
    before: Callable[[Any], Any] = nothing
    between: Callable[[Any], Any] = nothing
    after: Callable[[Any], Any] = nothing
    when: str = ""


@dataclass
class Step:
    """A step that was made, with the student's gradients."""

    plan: Plan
    grad_input: Any
    grads: Any

    @property
    def where(self) -> str:
        case = self.plan.case
        return f"{case.where}.backward{self.plan.when}" + expect.given(
            x=case.x, grad_output=case.grad_output, weights=case.weights, bias=case.bias
        )

    def gradient(self, name: str) -> np.ndarray:
        """Return one gradient, whatever is wrong with the others."""
        shape = getattr(self.plan.case, name).shape
        if name == "x":
            return expect.array(self.grad_input, shape, "grad_input", self.where)
        return expect.entry(self.grads, name, shape, self.where)

    @cached_property
    def expected(self) -> dict[str, np.ndarray]:
        """PyTorch's gradients; in later steps by the formula, which single steps have confirmed."""
        case = self.plan.case
        wrt = {name: getattr(case, name) for name in GRADIENTS}
        constants = {"coefficient": case.coefficient, "grad_output": case.grad_output}
        if self.plan.when:
            return closed_form(**wrt, **constants)
        return oracle.gradients(loss, closed_form, wrt, **constants)

    def assert_equals_pytorch(self, *names: str) -> None:
        for name in names:
            expect.close(self.gradient(name), self.expected[name], title_of(name), self.where)

    def is_right(self, name: str) -> bool:
        try:
            self.assert_equals_pytorch(name)
        except AssertionError:
            return False
        return True


class Way(NamedTuple):
    """Whose forward pass a step makes, and who has its gradients: the wrapper or the wrapped layer."""

    forward: str
    grads: str

    def forward_of(self, on):
        return on.layer if self.forward == "wrapper" else on.known.layer

    def grads_of(self, on):
        return (on.layer if self.grads == "wrapper" else on.known.layer).grads

    def asks(self, plan):
        """Return the calls of a step."""
        on, case = plan.on, plan.case
        return (
            partial(plan.before, on),
            lambda: self.forward_of(on)(case.x.copy()),
            partial(plan.between, on),
            lambda: on.layer.backward(case.grad_output.copy()),
            partial(plan.after, on),
            partial(self.grads_of, on),
        )

    def take(self, *plans):
        """Make steps in one exchange."""
        asks = [ask for plan in plans for ask in self.asks(plan)]
        asked = together(plans[0].case.submission.L2regularization, *asks)
        answers = [[next(asked) for _ in range(6)] for _ in plans]
        return [
            Step(plan, grad_input, grads)
            for plan, (*_, grad_input, _, grads) in zip(plans, answers, strict=True)
        ]


class Singles(NamedTuple):
    """Single steps with new layers, how they were made, and which gradients are right in all.

    If none is, the weights' gradient may still be right without data: if grad_output is zero.
    """

    way: Way
    steps: list[Step]
    right: list[str]
    without_data: bool = False

    @classmethod
    def of(cls, forward, cases):
        """Make a step for each case."""
        errors = []
        for grads in ("wrapper", "wrapped"):
            way = Way(forward, grads)
            try:
                steps = way.take(*(Plan(new, new) for new in (case.anew() for case in cases)))
            except StudentError as error:
                errors.append(error)
            else:
                right = [name for name in GRADIENTS if all(step.is_right(name) for step in steps)]
                return cls(way, steps, right)
        raise errors[0]

    def or_without_data(self):
        """Return these steps, to be judged without data if no gradient is right with data."""
        if self.right:
            return self
        silent = [without_data(step.plan.case) for step in self.steps]
        right = "weights" in Singles.of(self.way.forward, silent).right
        return self._replace(right=["weights"], without_data=True) if right else self

    def numbers(self, case):
        """Return the numbers by which a step can be judged."""
        assert self.right, (
            "no gradient is right in a single step of a new layer, so other steps cannot be judged "
            "[L2regularization.backward]"
        )
        return without_data(case) if self.without_data else case

    def assert_right(self, *plans):
        """Check the gradients of later steps, of those that are right in single steps.

        A plan without words for when it is made is a single step, and needs no other check.
        """
        plans = [replace(plan, case=self.numbers(plan.case)) for plan in plans]
        for step in self.way.take(*plans):
            if step.plan.when:
                step.assert_equals_pytorch(*self.right)


def without_data(case):
    return case.anew(grad_output=np.zeros_like(case.grad_output))


def is_forward_right(cases, *, training=True):
    """Return whether the forward pass of new layers is the layer's, and changes nothing."""
    new = [case.anew(x=case.x.copy()) for case in cases]

    def forward(each):
        if not training:
            each.layer.training = False
        return each.layer(each.x)

    asks = [
        ask
        for each in new
        for ask in (partial(forward, each), lambda each=each: each.known.layer.parameters)
    ]
    asked = together(cases[0].submission.L2regularization, *asks)
    try:
        for case, each in zip(cases, new, strict=True):
            expect.close(next(asked), case.x @ case.weights + case.bias, "output", "")
            weights, bias = each.known.read(next(asked), "")
            for now, before in ((each.x, case.x), (weights, case.weights), (bias, case.bias)):
                expect.untouched(now, before, "", "")
    except (StudentError, AssertionError):
        return False
    return True


def works(case, *calls):
    """Return whether calls that another item judges work with a new layer."""
    on = case.anew()
    try:
        list(together(case.submission.L2regularization, *(partial(call, on) for call in calls)))
    except FAILS:
        return False
    return True


def changed(case, way="set all at once"):
    """Return a function that gives a layer the parameters of a case."""
    return lambda on: on.change_to(case, way)


@pytest.fixture
def singles(regularized, cases, once):
    """Single steps with new layers of each kind of sizes.

    They make the wrapper's forward pass. If that one is wrong, they make the wrapped layer's, and
    those steps count in which more gradients are right: the forward pass is judged elsewhere.
    """

    def make():
        drawn = [regularized(*sizes, coefficient) for sizes, coefficient in cases(COEFFICIENTS)]
        drawn.append(regularized(3, 150, 4, 0.3))  # many inputs
        drawn += [drawn[4].anew(grad_output=drawn[4].grad_output * size) for size in (1e-3, 1e3)]
        found, fault = [], None
        try:
            found.append(Singles.of("wrapper", drawn))
        except StudentError as error:
            fault = error
        if not (found and len(found[0].right) == len(GRADIENTS)) and not is_forward_right(drawn):
            with suppress(StudentError):
                found.append(Singles.of("wrapped", drawn))
        if not found:
            raise fault
        return max(found, key=lambda singles: len(singles.right)).or_without_data()

    return once("singles", make)


@pytest.fixture
def case(regularized, rng):
    """A layer, and numbers for one step."""
    return regularized(5, 4, 3, round(rng.uniform(0.1, 2.0), 3))


@pytest.fixture
def later(case, regularized):
    """The numbers of another step with the same layer."""
    return regularized(5, 4, 3, case.coefficient)


def two_steps(case, way):
    """Return a new layer, what makes its forward pass, and the numbers of two steps."""
    on = case.anew()
    return on.layer, way.forward_of(on), case.x, case.grad_output, 1 - case.grad_output


@pytest.mark.criterion("weights")
@pytest.mark.essential
def test_penalty_enters_the_weights_gradient(singles, regularized):
    """The gradient of the weights depends on the weights and the coefficient, as the penalty does."""
    case = regularized(4, 3, 3, 0.3)
    other = case.anew(coefficient=2.5, weights=-2 * case.weights)
    plans = (Plan(each, each) for each in (case, other))
    one, two = (step.gradient("weights") for step in singles.way.take(*plans))
    assert not np.allclose(one, two, atol=expect.TOLERANCE * np.abs(one).max()), (
        'grads["weights"] stays the same with other weights and another coefficient, so the penalty '
        f"does not enter it [{case.where}.backward]"
    )


@pytest.mark.criterion("weights")
def test_weights_gradient_equals_pytorch(singles):
    """The gradient of the weights equals PyTorch's for the loss plus the penalty."""
    for step in singles.steps:
        step.assert_equals_pytorch("weights")


@pytest.mark.criterion("weights")
def test_penalty_gradient_is_right_for_all_weights(singles, regularized, rng):
    """The penalty's part is right for all weights, small or large, whatever x is."""
    # it is linear in the weights: what holds for a basis and a sum holds for all weights; and
    # without grad_output, or without x, it stands alone
    coefficient = round(10 ** rng.uniform(-5, -4), 7)
    silent = {"grad_output": np.zeros((2, 2))}
    zero = regularized(2, 3, 2, coefficient, weights=np.zeros((3, 2)), **silent)
    others, basis = 0.0, []
    try:
        for step in singles.way.take(Plan(zero, zero)):
            step.gradient("weights")
    except (AssertionError, StudentError):  # that it fails for weights of 0 is another fact
        others = 0.125
    for place, size in zip(product(range(3), range(2)), cycle([1e-4, 1, -1e3]), strict=False):
        basis.append(np.full((3, 2), others * size))
        basis[-1][place] = size
    whole = sum(basis)
    drawn = [regularized(2, 3, 2, coefficient, weights=w, **silent) for w in (*basis, whole)]
    drawn.append(drawn[-1].anew(x=drawn[-1].x * [1.0, 0.0, 1.0]))
    drawn.append(regularized(2, 3, 2, coefficient, weights=whole, x=np.zeros((2, 3))))
    for step in singles.way.take(*(Plan(each, each) for each in drawn)):
        step.assert_equals_pytorch("weights")


@pytest.mark.criterion("weights")
def test_gradient_is_right_for_every_coefficient(singles, regularized):
    """The gradient of the weights is right for a small and for a large coefficient."""
    drawn = [regularized(2, 3, 2, coefficient) for coefficient in (0.0123, 1700.0)]
    for step in singles.way.take(*(Plan(each, each) for each in drawn)):
        step.assert_equals_pytorch("weights")


@pytest.mark.criterion("others")
def test_bias_gradient_equals_pytorch(singles):
    """The gradient of the bias is that of the data alone, as PyTorch has it."""
    for step in singles.steps:
        step.assert_equals_pytorch("bias")


@pytest.mark.criterion("others")
def test_grad_input_equals_pytorch(singles):
    """The gradient with respect to x is the wrapped layer's own, as PyTorch has it."""
    for step in singles.steps:
        step.assert_equals_pytorch("x")


@pytest.mark.criterion("anew")
def test_gradients_belong_to_the_present_step(singles, case, regularized):
    """Each backward pass sets the gradients anew, for the weights and the latest x."""

    def forward(on, rows):
        return singles.way.forward_of(on)(case.x[:rows].copy())

    # that another batch size fails costs points in the forward pass
    fewer = 2 if works(case, partial(forward, rows=5), partial(forward, rows=2)) else 5
    steps = [regularized(rows, 4, 3, case.coefficient) for rows in (5, 5, fewer)]

    def skip(step):
        """Return a function that makes a forward pass without a backward pass before a step."""

        def before(on):
            on.change_to(step)
            return singles.way.forward_of(on)(case.x.copy())

        return before

    plans = [Plan(case, step, changed(step), when=", a later step") for step in steps]
    last = Plan(case, steps[0], skip(steps[0]), when=", after two forward passes")
    singles.assert_right(Plan(case, case), *plans, last)


@pytest.mark.criterion("anew")
def test_gradients_are_those_of_the_parameters_as_they_are_now(singles, case, later, ways):
    """The gradients are right for the parameters as they are now, however they were changed."""
    plans = []
    for way in ways:
        on, when = case.anew(), f", after the parameters were {way}"
        plans += [Plan(on, case), Plan(on, later, changed(later, way), when=when)]
    singles.assert_right(*plans)


@pytest.mark.criterion("anew")
def test_gradients_are_the_same_in_evaluation(singles, case, later):
    """The gradients do not depend on whether the layer is training."""

    def evaluate(on):
        on.set_training(training=False)
        on.change_to(later)

    def train(on):
        on.set_training(training=True)
        on.change_to(case)

    def steps(way):
        on = case.anew()
        singles._replace(way=way).assert_right(
            Plan(on, case),
            Plan(on, later, evaluate, when=", in evaluation"),
            Plan(on, case, train, when=", back in training"),
        )

    # a wrong forward pass is judged elsewhere: then either one may come before the backward pass
    if not is_forward_right([later], training=False):
        with suppress(AssertionError, StudentError):
            steps(singles.way._replace(forward="wrapped"))
            return
    steps(singles.way)


@pytest.mark.criterion("anew")
def test_asking_for_the_penalty_changes_no_gradient(singles, case, later):
    """The gradients are the same if penalty() is called before the step, in it, or after it."""

    def ask(on):
        value = on.layer.penalty()
        changed(later)(on)  # what it does to them is judged elsewhere
        return value

    if not works(case, lambda on: on.layer(case.x.copy()), ask):
        ask = changed(later)
    plan = Plan(case, later, ask, ask, ask, when=", with calls of penalty()")
    singles.assert_right(Plan(case, case), plan)


@pytest.mark.criterion("anew")
def test_backward_can_be_repeated(singles, case):
    """A second backward pass after the same forward pass sets the same gradients."""

    def step_back(on):
        return on.layer.backward(case.grad_output.copy())

    def step_back_and_reset(on):
        grad_input = step_back(on)
        on.reset()
        return grad_input

    # a layer may allow no second one
    if works(case, lambda on: singles.way.forward_of(on)(case.x.copy()), step_back, step_back):
        when = ", called again after one forward pass"
        singles.assert_right(Plan(case, case, between=step_back_and_reset, when=when))


@pytest.mark.criterion("anew")
def test_gradients_are_right_after_many_steps(singles, case, later):
    """The gradients are right after hundreds of steps, too."""
    with suppress(StudentError):
        repeat(case.layer, MANY, case.x)
        repeat(case.layer.backward, MANY, case.grad_output)
    changes = changed(later)
    singles.assert_right(Plan(case, later, changes, when=f", after {MANY} steps"))


@pytest.mark.criterion("anew")
def test_gradients_are_right_while_a_model_is_trained(singles, case):
    """A `Model` can train the layer, with the right gradients in each step."""
    case = singles.numbers(case)
    names = [name for name in singles.right if name != "x"]
    model = case.submission.Model([case.layer])
    forward = model.forward if singles.way.forward == "wrapper" else case.known.layer
    update = partial(nothing, case)
    for number in range(1, 4):
        *_, parameters, grads = together(
            model,
            update,
            partial(forward, case.x.copy()),
            lambda: case.known.layer.parameters,
            partial(model.backward, case.grad_output.copy()),
        )
        case.known.take(parameters)
        now = case.anew(weights=case.known.weights, bias=case.known.bias)
        own = grads[0] if isinstance(grads, list) and grads else grads
        step = Step(Plan(case, now, when=f", step {number} of a model"), None, own)
        step.assert_equals_pytorch(*names)
        used = {n: step.gradient(n) if n in names else step.expected[n] for n in GRADIENTS[:2]}
        update = partial(model.update_parameters, [used], 0.1)


@pytest.mark.criterion("keeps")
def test_gradients_are_float64(singles):
    """The gradients of x, weights and bias are arrays of float64."""
    for step in singles.steps:
        assert_float64(step.grad_input, step.grads, step.where)


@pytest.mark.criterion("keeps")
def test_two_layers_do_not_disturb_each_other(singles, case, regularized):
    """Two layers in one network have coefficients and gradients of their own."""
    both = [singles.numbers(case), singles.numbers(regularized(5, 4, 3, case.coefficient + 2))]
    asked = together(
        case.submission.L2regularization,
        *(partial(lambda on: singles.way.forward_of(on)(on.x.copy()), on) for on in both),
        *(partial(lambda on: on.layer.backward(on.grad_output.copy()), on) for on in both),
        *(partial(singles.way.grads_of, on) for on in both),
    )
    _, _, *grad_inputs, grads, others = asked
    for on, *gradients in zip(both, grad_inputs, (grads, others), strict=True):
        step = Step(Plan(on, on, when=", beside another layer"), *gradients)
        step.assert_equals_pytorch(*singles.right)


@pytest.mark.criterion("keeps")
def test_the_coefficient_may_be_zero(singles, regularized):
    """The coefficient may be 0: then the gradient of the weights is the data's alone."""
    zero = singles.numbers(regularized(2, 3, 2, 0))
    if "weights" in singles.right:  # else it is wrong for each coefficient
        for step in singles.way.take(Plan(zero, zero)):
            step.assert_equals_pytorch("weights")


@pytest.mark.criterion("keeps")
def test_all_weights_may_be_zero(singles, regularized):
    """Where all weights are 0, so is the penalty's part of the gradient."""
    zero = singles.numbers(regularized(2, 3, 2, 0.3, weights=np.zeros((3, 2))))
    if "weights" in singles.right:
        for step in singles.way.take(Plan(zero, zero)):
            step.assert_equals_pytorch("weights")


@pytest.mark.criterion("keeps")
def test_default_coefficient_is_one_hundredth(singles, regularized):
    """Without a coefficient, 0.01 is taken."""
    explicit = regularized(2, 3, 3, 0.01)
    plans = [Plan(each, each) for each in (explicit, explicit.anew(coefficient=None))]
    right, found = (step.gradient("weights") for step in singles.way.take(*plans))
    expect.close(found, right, 'grads["weights"]', "L2regularization().backward")


@pytest.mark.criterion("keeps")
def test_gradients_stay_as_they_are(singles, case, overwritten_gradients):
    """What a backward pass returns, and the gradients it sets, stay when another one is made."""
    for name, overwritten in overwritten_gradients(partial(two_steps, case, singles.way)).items():
        assert not overwritten(), (
            f"the {title_of(name)} of one call is overwritten by the next [{case.where}.backward]"
        )


@pytest.mark.criterion("keeps")
def test_backward_leaves_its_arguments_untouched(singles, case, numbers):
    """The backward pass changes neither grad_output nor the weights nor the bias."""
    spread = {"weights": numbers(4, 3, spread=True), "grad_output": numbers(5, 3, spread=True)}
    case = case.anew(**spread)
    where = f"{case.where}.backward"
    grad_output = case.grad_output.copy()
    _, before, _, after = together(
        case.submission.L2regularization,
        lambda: singles.way.forward_of(case)(case.x.copy()),
        lambda: case.known.layer.parameters,
        lambda: case.layer.backward(grad_output),
        lambda: case.known.layer.parameters,
    )
    expect.untouched(grad_output, case.grad_output, "grad_output", where)
    for name, *pair in zip(
        ("weights", "bias"),
        case.known.read(after, where),
        case.known.read(before, where),
        strict=True,
    ):
        expect.untouched(*pair, name, where)


@pytest.fixture
def watched(regularized):
    """A layer with fixed sizes."""
    return regularized(5, 4, 2, 0.3)


def made(*plans):
    return Way("wrapper", "wrapper").take(*plans)


def gradients(steps):
    """Return the gradients of steps: each one for itself, as two may have a mistake."""
    return Parts(
        {name: lambda name=name: [step.gradient(name) for step in steps] for name in GRADIENTS}
    )


def observe_gradients(watched):
    cases = [watched.anew(coefficient=each) for each in (0, 2e-5, 0.3, 5.0)]
    steps = made(*(Plan(case, case) for case in cases))
    return Parts({**gradients(steps), "other names": lambda: has_data_and_other_names(steps[-1])})


def has_data_and_other_names(step):
    """Return whether grads has other entries, and for the weights the gradient of the data alone."""
    data = step.plan.case.x.T @ step.plan.case.grad_output
    return np.allclose(step.gradient("weights"), data) and not set(step.grads) <= set(GRADIENTS[:2])


def observe_a_large_coefficient(watched):
    case = without_data(watched.anew(coefficient=2000.0))
    (step,) = made(Plan(case, case))
    ratio = step.gradient("weights") / (4000.0 * case.weights)
    return "right" if np.allclose(ratio, 1) else "smaller" if (abs(ratio) < 1).all() else "other"


def observe_gradients_of_the_penalty_alone(watched):
    cases = [without_data(watched.anew(weights=size * watched.weights)) for size in (1e-5, 1, 1e3)]
    return gradients(made(*(Plan(case, case) for case in cases)))


def observe_gradients_of_other_data(watched):
    cases = [watched.anew(grad_output=size * watched.grad_output) for size in (1e-3, 1e3)]
    return gradients(made(*(Plan(case, case) for case in cases)))


@pytest.mark.parametrize("sizes", [(1, 2, 3), (2, 1, 3), (3, 2, 1), (2, 2, 2), (2, 150, 2)])
def observe_sizes(regularized, sizes):
    case = regularized(*sizes, 0.3)
    return gradients(made(Plan(case, case)))


def observe_where_x_is_zero(watched):
    cases = [watched.anew(x=watched.x * scale) for scale in ([1.0, 0.0, 1.0, 1.0], 0.0)]
    return gradients(made(*(Plan(case, case) for case in cases)))


def observe_gradients_that_are_kept(watched, overwritten_gradients):
    way = Way("wrapper", "wrapper")
    return Parts(overwritten_gradients(partial(two_steps, watched, way)))


def observe_default(watched):
    case = watched.anew(coefficient=None, grad_output=np.zeros((5, 2)))
    (step,) = made(Plan(case, case))
    return "0.01" if np.allclose(step.gradient("weights"), 0.02 * case.weights) else "another"


def observe_later_steps(watched, regularized):
    later = regularized(3, 4, 2, 0.3)
    plans = [Plan(watched, later, changed(later)) for _ in range(2)]
    return gradients(made(Plan(watched, watched), *plans))


def observe_changed_parameters(watched, regularized, ways):
    later = regularized(5, 4, 2, 0.3)
    steps = []
    for way in ways:
        on = watched.anew()
        steps += made(Plan(on, on), Plan(on, later, changed(later, way)))[1:]
    return gradients(steps)


@pytest.mark.parametrize("place", ["before", "between", "after"])
def observe_calls_of_penalty(watched, place):
    return gradients(made(Plan(watched, watched, **{place: lambda on: on.layer.penalty()})))


def observe_evaluation(watched):
    def evaluate(on):
        on.layer.training = False

    def evaluate_as_model(on):
        on.set_training(training=False)

    # other data, so that a gradient of the step before is another one
    later, other = (
        watched.anew(x=2 - watched.x, grad_output=3 * watched.grad_output),
        watched.anew(),
    )
    training, _, evaluation, _, model = made(
        Plan(later, later),
        *(Plan(watched, watched), Plan(watched, later, evaluate)),
        *(Plan(other, other), Plan(other, later, evaluate_as_model)),
    )

    def see(step, name):
        found = step.gradient(name)
        return "as in training" if np.allclose(found, training.gradient(name)) else found

    seen = {name: partial(see, evaluation, name) for name in GRADIENTS}
    return Parts({**seen, "as Model sets it": partial(see, model, "weights")})


def observe_a_second_backward(watched):
    again = Plan(watched, watched, between=lambda on: on.layer.backward(on.grad_output.copy()))
    return gradients(made(again))


def observe_zero_weights(watched):
    none = np.zeros((4, 2))
    some = watched.weights.copy()
    some[1, 1] = 0
    cases = [watched.anew(weights=weights) for weights in (some, none)]
    return gradients(made(*(Plan(case, case) for case in cases)))


def observe_many_steps(watched):
    repeat(watched.layer, MANY, watched.x)
    repeat(watched.layer.backward, MANY, watched.grad_output)
    watched.reset()
    return gradients(made(Plan(watched, watched)))


def observe_model(watched):
    watched.layer(watched.x.copy())
    model = watched.submission.Model([watched.layer])
    (grads,) = model.backward(watched.grad_output.copy())
    return Parts(
        weights=lambda: expect.entry(grads, "weights", (4, 2), ""),
        update=lambda: model.update_parameters([grads], 0.1),
    )


def observe_two_layers(watched):
    both = [watched, watched.anew(coefficient=5.0)]
    assert all(each.layer is not None for each in both)  # made before either is used
    seen = gradients([step for each in both for step in made(Plan(each, each))])
    kept = [each.layer.grads for each in both]
    return Parts(
        {
            **seen,
            "kept": lambda: [expect.entry(grads, "weights", (4, 2), "") for grads in kept],
        }
    )


def observe_changes_in_place(watched):
    watched.layer(watched.x.copy())
    grad_output = watched.grad_output.copy()
    watched.layer.backward(grad_output)
    weights, bias = watched.known.present("")
    pairs = [(grad_output, watched.grad_output), (weights, watched.weights), (bias, watched.bias)]
    return [np.array_equal(*pair) for pair in pairs]

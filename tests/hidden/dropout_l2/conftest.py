"""Fixtures of the four suites: random sizes and numbers, and a linear layer with known parameters.

A number from a submission may be judged, but never used to judge: each call gets copies, and the
expected values are computed from the originals. There are two exceptions, within bounds: the
parameters after a forward pass (`Known.take`), and the mask in an output.
"""

import contextlib
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from typing import Any

import numpy as np
import pytest

from autograder.kit import (
    StudentError,
    change_in_place,
    expect,
    masks,
    oracle,
    take_turns,
    together,
)
from autograder.kit.step import NAMES, Passed, SingleSteps, Step, closed_form, loss, masks_of

# small ones come first, so that the first failure makes a small example
KINDS = ["smallest", "small", "batch of one", "wide", "tall", "square", "cubic", "long", "broad"]
KINDS += ["one output", "one input"]
ROWS, INPUTS, UNITS = 4, 6, 30  # of the Dropout layers whose steps are judged
SMALL = [(2, 2), (2, 3), (3, 2)]  # (in_features, out_features): a message can show all numbers


def draw_sizes(rng: np.random.Generator, kind: str) -> tuple[int, int, int]:
    """Return (N, in_features, out_features)."""
    small, large = int(rng.integers(2, 5)), int(rng.integers(6, 11))
    rows = int(rng.integers(2, 8))
    return {
        "smallest": (1, 1, 1),
        "small": (2, *SMALL[rng.integers(len(SMALL))]),
        "batch of one": (1, large, small),
        "wide": (rows, small, large),
        "tall": (rows, large, small),
        "square": (rows, large, large),
        "cubic": (large, large, large),
        "long": (1000 + 10 * large, small, small),  # more rows than any code expects
        "broad": (rows, small, 200 + 10 * large),
        "one output": (rows, large, 1),
        "one input": (rows, 1, large),
    }[kind]


@pytest.fixture
def telling_sizes() -> list[tuple[int, int, int]]:
    """(N, in_features, out_features) for observations: large enough that chance changes no fact."""
    return [(1, 20, 60), (60, 20, 1), (40, 1, 60), (60, 3, 20), (4, 5, 200), (1000, 4, 3)]


@pytest.fixture
def cases(rng: np.random.Generator) -> Callable[[list[tuple[float, float]]], Iterator[Any]]:
    """A function that yields (sizes, number) for each kind of sizes; numbers come from ranges in turn."""

    def draw(ranges: list[tuple[float, float]]) -> Iterator[Any]:
        start = int(rng.integers(len(ranges)))
        for turn, kind in enumerate(KINDS):
            low, high = ranges[(start + turn) % len(ranges)]
            yield draw_sizes(rng, kind), round(rng.uniform(low, high), 3)

    return draw


@pytest.fixture
def numbers(rng: np.random.Generator) -> Callable[..., np.ndarray]:
    """A function that draws an array of a shape; small arrays have simple numbers, easy to try.

    With `spread`, some are ten thousand times as small, and some as large.
    """

    def draw(*shape: int, spread: bool = False) -> np.ndarray:
        sizes = np.resize([1e-4, 1.0, 1e4], shape) if spread else 1.0
        if math.prod(shape) <= expect.FEW:
            # positive: no sum of products is zero
            return sizes * rng.integers(2, 13, size=shape) / 4
        return sizes * rng.normal(size=shape)

    return draw


@dataclass
class Known:
    """A submission's Linear, and copies of its parameters that the submission cannot reach.

    `asked` has the parameters that were set; `weights` and `bias` are those at the latest forward pass.
    """

    layer: Any
    weights: np.ndarray
    bias: np.ndarray
    model: Any = None  # makes a `Model` of layers

    def __post_init__(self) -> None:
        self.asked = {"weights": self.weights, "bias": self.bias}

    def output(self, x: np.ndarray) -> np.ndarray:
        return x @ self.weights + self.bias

    def set_weights(self, weights: np.ndarray) -> None:
        self.layer.weights = weights.copy()
        self.weights = self.asked["weights"] = weights.copy()

    def reset(self) -> None:
        """Give the layer copies of the parameters again, whatever a submission made of its own."""
        self.layer.parameters = {"weights": self.weights.copy(), "bias": self.bias.copy()}

    def set_bias(self, bias: np.ndarray) -> None:
        self.layer.bias = bias.copy()
        self.bias = self.asked["bias"] = bias.copy()

    def change(self, way: str, wrapper: Any, weights: np.ndarray, bias: np.ndarray) -> None:
        """Give the layer other parameters, in one of the `ways`."""
        before = {"weights": self.weights.copy(), "bias": self.bias.copy()}
        grads = {"weights": self.weights - weights, "bias": self.bias - bias}
        self.weights, self.bias = weights.copy(), bias.copy()
        self.asked = {"weights": self.weights, "bias": self.bias}
        if way == "set all at once":
            self.layer.parameters = {"weights": weights.copy(), "bias": bias.copy()}
        elif way == "updated by a Model":
            self.layer.parameters = before
            self.model([wrapper]).update_parameters([grads], 1.0)
        elif way == "changed in place":
            change_in_place(wrapper, "weights", weights)
            change_in_place(self.layer, "bias", bias)
        else:
            owner = wrapper if way == "set through the wrapper" else self.layer
            owner.weights, owner.bias = weights.copy(), bias.copy()

    def take(self, parameters: Any) -> None:
        """Take the present parameters: a layer that changes them loses points for that only once."""
        weights, bias = self.read(parameters, "Linear")
        for name, reported in (("weights", weights), ("bias", bias)):
            expect.comparable(reported, self.asked[name], f'parameters["{name}"]', "Linear")
        self.weights, self.bias = weights, bias

    def read(self, parameters: Any, where: str) -> tuple[np.ndarray, np.ndarray]:
        weights, bias = (
            expect.entry(parameters, name, old.shape, where, "parameters")
            for name, old in (("weights", self.weights), ("bias", self.bias))
        )
        return weights, bias

    def present(self, where: str) -> tuple[np.ndarray, np.ndarray]:
        return self.read(self.layer.parameters, where)

    def assert_untouched(self, where: str) -> None:
        weights, bias = self.present(where)
        expect.untouched(weights, self.weights, "weights", where)
        expect.untouched(bias, self.bias, "bias", where)

    def given(self, **arrays: np.ndarray) -> str:
        return expect.given(**arrays, weights=self.weights, bias=self.bias)


@pytest.fixture
def ways() -> tuple[str, ...]:
    """The ways in which parameters may be changed: see `Known.change`."""
    return (
        "set through the wrapper",
        "replaced on the layer",
        "changed in place",
        "set all at once",
        "updated by a Model",
    )


@pytest.fixture
def attempt() -> Callable[..., None]:
    """A function that makes a call that another item judges, and ignores its errors."""

    def make(layer: Any, method: str, *arguments: Any) -> None:
        with contextlib.suppress(StudentError, AttributeError, TypeError):
            getattr(layer, method)(*arguments)

    return make


@pytest.fixture
def overwrites() -> Callable[..., bool]:
    """A function that returns whether the last of some calls overwrites what an earlier one returned.

    `new` returns calls of a new layer, of which the last one is made twice: in the middle, too.
    `of` takes what is looked at from a result.
    """

    def look(
        new: Callable[[], list[Any]], of: Callable[[Any], Any] = lambda result: result
    ) -> bool:
        def are_equal(*, late: bool) -> bool:
            calls = new()
            results = take_turns(1, *calls, late=late)
            one, two = of(results[len(calls) // 2 - 1]), of(results[-1])
            are_arrays = isinstance(one, np.ndarray) and isinstance(two, np.ndarray)
            # that all is dropped in both is no sign of it
            return are_arrays and bool(one.any()) and np.array_equal(one, two)

        with contextlib.suppress(StudentError, TypeError, LookupError):  # other facts
            return are_equal(late=True) and not are_equal(late=False)
        return False

    return look


@pytest.fixture
def overwritten_gradients(
    submission: Any, overwrites: Callable[..., bool]
) -> Callable[..., dict[str, Callable[[], bool]]]:
    """A function that returns, by name, functions that look whether a gradient is overwritten.

    `new` returns a new layer, what makes its forward pass, x, and grad_output of two steps.
    """

    def look(new: Callable[[], Any]) -> dict[str, Callable[[], bool]]:
        def calls(whose: Callable[[Any], Any]) -> list[Any]:
            layer, forward, x, *steps = new()
            backward = whose(layer).backward
            return [call for step in steps for call in ((forward, x), (backward, step))]

        def of_model(name: str) -> bool:  # which returns grads
            model = partial(calls, lambda layer: submission.Model([layer]))
            return overwrites(model, lambda grads: grads[0][name])

        return {
            "x": lambda: overwrites(partial(calls, lambda layer: layer)),
            "weights": partial(of_model, "weights"),
            "bias": partial(of_model, "bias"),
        }

    return look


@pytest.fixture
def sets_a_seed(submission: Any, rng: np.random.Generator) -> Callable[..., bool]:
    """A function that returns whether two calls set the same seed of NumPy's shared generator."""

    def look(*calls: Callable[[], Any]) -> bool:
        drawn = []
        with contextlib.suppress(StudentError, AttributeError, TypeError):  # without `np`
            shared = submission.np.random
            before = shared.get_state()
            for call, seed in zip(calls, rng.choice(2**32, 2, replace=False), strict=True):
                shared.seed(int(seed))
                call()
                drawn.append(np.asarray(shared.random(4)))
            shared.set_state(before)
        return len(drawn) > 1 and np.array_equal(*drawn)

    return look


@pytest.fixture(scope="module")
def once() -> Callable[..., Any]:
    """A function that makes an object once for all properties of a suite; it keeps an error too."""
    made: dict[str, Any] = {}

    def get(name: str, make: Callable[[], Any]) -> Any:
        if name not in made:
            try:
                made[name] = make()
            except (AssertionError, StudentError) as error:
                made[name] = error
        if isinstance(made[name], Exception):
            raise made[name]
        return made[name]

    return get


@pytest.fixture
def linear(submission: Any, numbers: Callable[..., np.ndarray]) -> Callable[[int, int], Known]:
    """A function that makes a Linear(in_features, out_features) with fresh weights and bias."""

    def make(in_features: int, out_features: int) -> Known:
        return known(submission, numbers(in_features, out_features), numbers(1, out_features))

    return make


def known(submission: Any, weights: np.ndarray, bias: np.ndarray) -> Known:
    """Make a Linear with these parameters."""
    layer = submission.Linear(*weights.shape)
    layer.parameters = {"weights": weights.copy(), "bias": bias.copy()}
    return Known(layer, weights, bias, submission.Model)


@dataclass
class Regularized:
    """An `L2regularization` with numbers for one step; the layers are made when they are first used.

    So many of them can be asked together, and no layer is made between another and its answers.
    """

    submission: Any
    coefficient: float | None  # None: the default
    x: np.ndarray
    grad_output: np.ndarray
    weights: np.ndarray
    bias: np.ndarray
    options: dict[str, float] = field(init=False)

    def __post_init__(self) -> None:
        self.options = {} if self.coefficient is None else {"coefficient": self.coefficient}

    @cached_property
    def known(self) -> Known:
        return known(self.submission, self.weights, self.bias)

    @cached_property
    def layer(self) -> Any:
        return self.submission.L2regularization(self.known.layer, **self.options)

    @property
    def where(self) -> str:
        options = ", ".join(f"{name}={value}" for name, value in self.options.items())
        return f"L2regularization({options})"

    def anew(self, **others: Any) -> "Regularized":
        """Return one with new layers and the same numbers, except for those given."""
        return replace(self, **others)

    def set_training(self, *, training: bool) -> None:
        """Set `training` as `Model` does, on the wrapped layer too."""
        self.layer.training = self.known.layer.training = training

    def change_to(self, other: "Regularized", way: str = "set all at once") -> None:
        """Give the layer the parameters of another one: see `Known.change`."""
        self.known.change(way, self.layer, other.weights, other.bias)

    def reset(self) -> None:
        """Set the parameters again: what has changed them is judged elsewhere."""
        self.change_to(self)


@pytest.fixture
def regularized(submission: Any, numbers: Callable[..., np.ndarray]) -> Callable[..., Regularized]:
    """A function that draws the numbers of a `Regularized`, except for those given."""
    assert submission.Linear is not None  # asked for here: later it would interrupt other calls

    def make(
        rows: int, in_features: int, out_features: int, coefficient: float | None, **others: Any
    ) -> Regularized:
        drawn = {
            "x": numbers(rows, in_features),
            "grad_output": numbers(rows, out_features),
            "weights": numbers(in_features, out_features),
            "bias": numbers(1, out_features),
        }
        return Regularized(submission, coefficient, **{**drawn, **others})

    return make


@dataclass
class Wrapped:
    """A Dropout layer around a known one; `numbers` draws what goes in."""

    layer: Any
    known: Known
    p: float
    numbers: Callable[..., np.ndarray]
    training: bool = True

    def draw(self, rows: int = ROWS) -> tuple[np.ndarray, np.ndarray]:
        """Return x and grad_output of a batch."""
        in_features, out_features = self.known.weights.shape
        return self.numbers(rows, in_features), self.numbers(rows, out_features)

    def set_training(self, *, training: bool) -> None:
        self.layer.training = self.training = training

    def forward(self, x: np.ndarray) -> Passed:
        return self.passed(x, *together(self.layer, lambda: self.layer(x.copy()), self.parameters))

    def backward(
        self, passed: Passed, grad_output: np.ndarray, when: str = "", *, confirmed: bool = False
    ) -> Step:
        parameters, *asked = together(
            self.layer, self.parameters, lambda: self.layer.backward(grad_output.copy()), self.grads
        )
        self.known.take(parameters)
        passed = passed._replace(weights=self.known.weights, bias=self.known.bias)
        return self.judge(passed, grad_output, *asked, when, confirmed=confirmed)

    def step(self, x: np.ndarray, grad_output: np.ndarray, when: str = "") -> Step:
        """Make a forward and a backward pass."""
        y, parameters, *asked = together(self.layer, *self.asks(x, grad_output))
        return self.judge(self.passed(x, y, parameters), grad_output, *asked, when)

    def asks(self, x: np.ndarray, grad_output: np.ndarray) -> tuple[Callable[[], Any], ...]:
        return (
            lambda: self.layer(x.copy()),
            self.parameters,
            lambda: self.layer.backward(grad_output.copy()),
            self.grads,
        )

    def passed(self, x: np.ndarray, y: Any, parameters: Any, where: str = "Dropout") -> Passed:
        """Return a forward pass from its answers, with the parameters after it."""
        self.known.take(parameters)
        h = self.known.output(x)
        if isinstance(y, list):  # which costs points in the forward pass
            with contextlib.suppress(ValueError, TypeError):
                y = np.array(y, dtype=float)
        if isinstance(y, np.ndarray) and [n for n in y.shape if n > 1] == [
            n for n in h.shape if n > 1
        ]:
            y = y.reshape(h.shape)  # a lost axis costs points in the forward pass
        try:
            y = expect.array(y, h.shape, "output", where)
        except AssertionError:
            if self.training:
                raise
            y = h  # in evaluation, the output shows no mask
        return Passed(x, y, self.known.weights, self.known.bias, h)

    def judge(
        self,
        passed: Passed,
        grad_output: np.ndarray,
        grad_input: Any,
        grads: Any,
        when: str = "",
        *,
        confirmed: bool = False,
    ) -> Step:
        """Return a step from its answers; PyTorch's gradients are by formula unless `confirmed`."""
        wrt = {name: getattr(passed, name) for name in NAMES}
        expected = []
        for mask in masks_of(passed, self.p, training=self.training):
            constants = {"mask": mask, "grad_output": grad_output}
            if confirmed:
                expected.append(oracle.gradients(loss, closed_form, wrt, **constants))
            else:
                expected.append(closed_form(**wrt, **constants))
        given = self.known.given(x=passed.x, output=passed.y, grad_output=grad_output)
        where = f"Dropout(p={self.p}).backward{when}{given}"
        return Step(passed, grad_input, grads, expected, where)

    def parameters(self) -> Any:
        return self.known.layer.parameters

    def grads(self) -> Any:
        return self.known.layer.grads


@pytest.fixture
def wrapped(
    submission: Any, linear: Callable[[int, int], Known], numbers: Callable[..., np.ndarray]
) -> Callable[..., Wrapped]:
    """A function that makes a Dropout layer around a new Linear, or one with `weights` and no bias."""

    def make(
        p: float,
        in_features: int = INPUTS,
        out_features: int = UNITS,
        weights: np.ndarray | None = None,
    ) -> Wrapped:
        known = linear(in_features, out_features)
        if weights is not None:
            known.set_weights(weights)
            known.set_bias(np.zeros((1, out_features)))
        layer = submission.Dropout(known.layer, p=p)
        layer.training = True  # that it is so at first is judged in the forward pass
        return Wrapped(layer, known, p, numbers)

    return make


@pytest.fixture
def single(
    wrapped: Callable[..., Wrapped], once: Callable[..., Any], rng: np.random.Generator
) -> SingleSteps:
    """Single steps of two new layers, made once for all properties."""

    def make() -> SingleSteps:
        p = round(rng.uniform(0.2, 0.45), 3)
        steps, mixed, drops = [], [], False
        for turn in range(masks.TRIES):
            new = wrapped(p)
            if turn > masks.TRIES / 2:  # the first call of some layers drops nothing
                new = wrapped(round(rng.uniform(0.2, 0.8), 3))  # nor do others if p is small
                new.step(*new.draw())
            step = new.step(*new.draw())
            kept = step.passed.y != 0
            drops |= not kept.all()
            if kept.any():
                (steps if kept.all() else mixed).append(step)
            if len(mixed) == 2:
                break
        return SingleSteps(p, [*mixed, *steps][:2], drops)

    made: SingleSteps = once("single", make)
    return made

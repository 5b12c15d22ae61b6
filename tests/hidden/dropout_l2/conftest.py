"""Fixtures of the four suites: random sizes and numbers, and a linear layer with known parameters.

A number from a submission may be judged, but never used to judge: each call gets copies, and the
expected values are computed from the originals. There are two exceptions, within bounds: the
parameters after a forward pass (`Known.take`), and the mask in an output.
"""

import contextlib
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
import pytest

from autograder.kit import StudentError, change_in_place, expect

# small ones come first, so that the first failure makes a small example
KINDS = ["smallest", "small", "batch of one", "wide", "tall", "square", "cubic", "long", "broad"]
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
    """A function that draws an array of a shape; small arrays have simple numbers, easy to try."""

    def draw(*shape: int) -> np.ndarray:
        if math.prod(shape) <= expect.FEW:
            return rng.integers(2, 13, size=shape) / 4  # positive: no sum of products is zero
        return rng.normal(size=shape)

    return draw


@dataclass
class Known:
    """A submission's Linear, and copies of its parameters that the submission cannot reach.

    `asked` has the parameters that were set; `weights` and `bias` are those at the latest forward pass.
    """

    layer: Any
    weights: np.ndarray
    bias: np.ndarray

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
        self.weights, self.bias = weights.copy(), bias.copy()
        self.asked = {"weights": self.weights, "bias": self.bias}
        if way == "set all at once":
            self.layer.parameters = {"weights": weights.copy(), "bias": bias.copy()}
        elif way == "changed in place":
            change_in_place(self.layer, "weights", weights)
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
    return "set through the wrapper", "replaced on the layer", "changed in place", "set all at once"


@pytest.fixture
def attempt() -> Callable[..., None]:
    """A function that makes a call that another item judges, and ignores its errors."""

    def make(layer: Any, method: str, *arguments: Any) -> None:
        with contextlib.suppress(StudentError, AttributeError, TypeError):
            getattr(layer, method)(*arguments)

    return make


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
    return Known(layer, weights, bias)


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

    def reset(self) -> None:
        """Set the parameters again: what has changed them is judged elsewhere."""
        self.known.change("set all at once", self.layer, self.weights, self.bias)


@pytest.fixture
def regularized(submission: Any, numbers: Callable[..., np.ndarray]) -> Callable[..., Regularized]:
    """A function that draws the numbers of a `Regularized`, except for those given."""

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

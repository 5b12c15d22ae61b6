"""What the four suites share: sizes and numbers that are drawn, and a linear layer known to both."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from autograder import expect

# the smallest comes first, so that the first failure makes a small example
KINDS = ["smallest", "batch of one", "wide", "tall", "square"]


def draw_sizes(rng: np.random.Generator, kind: str) -> tuple[int, int, int]:
    """Return (N, in_features, out_features)."""
    small, large = int(rng.integers(2, 5)), int(rng.integers(6, 11))
    rows = int(rng.integers(2, 8))
    return {
        "smallest": (1, 1, 1),
        "batch of one": (1, large, small),
        "wide": (rows, small, large),
        "tall": (rows, large, small),
        "square": (rows, large, large),
    }[kind]


@pytest.fixture(params=KINDS)
def sizes(request: Any, rng: np.random.Generator) -> tuple[int, int, int]:
    return draw_sizes(rng, request.param)


@pytest.fixture
def numbers(rng: np.random.Generator) -> Callable[..., np.ndarray]:
    """A function that draws an array of a shape; a single number is plain, to be read and tried."""

    def draw(*shape: int) -> np.ndarray:
        if math.prod(shape) == 1:
            return rng.integers(2, 13, size=shape) / 4
        return rng.normal(size=shape)

    return draw


@dataclass
class Known:
    """A submission's Linear, and copies of its parameters that the submission cannot reach."""

    layer: Any
    weights: np.ndarray
    bias: np.ndarray

    def output(self, x: np.ndarray) -> np.ndarray:
        return x @ self.weights + self.bias

    def set_weights(self, weights: np.ndarray) -> None:
        self.layer.weights = weights
        self.weights = weights.copy()

    def assert_untouched(self, where: str) -> None:
        weights = expect.array(self.layer.weights, self.weights.shape, "weights", where)
        bias = expect.array(self.layer.bias, self.bias.shape, "bias", where)
        expect.untouched(weights, self.weights, "weights", where)
        expect.untouched(bias, self.bias, "bias", where)

    def given(self, **arrays: np.ndarray) -> str:
        return expect.given(**arrays, weights=self.weights, bias=self.bias)


@pytest.fixture
def linear(submission: Any, numbers: Callable[..., np.ndarray]) -> Callable[[int, int], Known]:
    """A function that makes a Linear(in_features, out_features) with fresh weights and bias."""

    def make(in_features: int, out_features: int) -> Known:
        weights = numbers(in_features, out_features)
        bias = numbers(1, out_features)
        layer = submission.Linear(in_features, out_features)
        layer.weights = weights
        layer.bias = bias
        return Known(layer, weights.copy(), bias.copy())

    return make

"""What the four suites share: a linear layer with fresh parameters, known on both sides."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from autograder import expect


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


@pytest.fixture
def linear(submission: Any, rng: np.random.Generator) -> Callable[[int, int], Known]:
    """A function that makes a Linear(in_features, out_features) with fresh weights and bias."""

    def make(in_features: int, out_features: int) -> Known:
        weights = rng.normal(size=(in_features, out_features))
        bias = rng.normal(size=(1, out_features))
        layer = submission.Linear(in_features, out_features)
        layer.weights = weights
        layer.bias = bias
        return Known(layer, weights.copy(), bias.copy())

    return make

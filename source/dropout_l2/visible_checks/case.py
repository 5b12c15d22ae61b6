"""The small case of all checks: whole numbers, so that you can redo each check by hand."""

import numpy as np

from layers import Linear
from layers.array import FloatArray

P = 0.2  # not 0.5, where p and 1 - p are the same; 1 / (1 - p) is 1.25
COEFFICIENT = 0.2
# 4 rows, 2 inputs, 3 outputs: all different, so that a shape names its array
X = np.array([[1.0, 2.0], [5.0, -2.0], [-3.0, -2.0], [1.0, 6.0]])
WEIGHTS = np.array([[2.0, -1.0, 3.0], [1.0, 4.0, -2.0]])
BIAS = np.array([[4.0, -3.0, -3.0]])
H = X @ WEIGHTS + BIAS  # multiples of 4, none of them 0
GRAD_OUTPUT = np.array([[4.0, -8.0, 12.0], [8.0, 4.0, -8.0], [-4.0, 12.0, 4.0], [12.0, -4.0, 8.0]])


def linear() -> Linear:
    """Return a layer with `WEIGHTS` and `BIAS`."""
    layer = Linear(*WEIGHTS.shape)
    layer.weights, layer.bias = WEIGHTS.copy(), BIAS.copy()
    return layer


def gradients(
    grad_output: FloatArray, x: FloatArray = X, weights: FloatArray = WEIGHTS
) -> dict[str, FloatArray]:
    """Return the gradients of a linear layer, by the names that a student knows them by."""
    return {
        "grad_input": grad_output @ weights.T,
        "grads['weights']": x.T @ grad_output,
        "grads['bias']": grad_output.sum(axis=0, keepdims=True),
    }


def shown(array: FloatArray) -> str:
    """Return an array as one line, in at most five digits."""
    if array.ndim == 0:
        return f"{float(array) + 0.0:.5g}"  # + 0.0, since nobody wants to read -0
    return f"[{', '.join(shown(part) for part in array)}]"


def given(**arrays: FloatArray) -> str:
    """Return the input of a check as text, as in ``with x=[[1, 2]]``."""
    return "with " + ", ".join(f"{name}={shown(array)}" for name, array in arrays.items())

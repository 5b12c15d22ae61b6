"""The logistic sigmoid."""

import numpy as np

from activations.elementwise import Elementwise
from layers.array import FloatArray, check_shape


class Sigmoid(Elementwise):
    """y = 1 / (1 + exp(-x)), between 0 and 1, with the derivative y * (1 - y)."""

    def __call__(self, x: FloatArray) -> FloatArray:
        """Compute 1 / (1 + exp(-x)) without overflow.

        Parameters
        ----------
        x : ndarray, shape (N, C), float64

        Returns
        -------
        y : ndarray, shape (N, C), float64
        """
        check_shape("x", x, ("N", "C"))
        z = np.exp(-np.abs(x))  # at most 1, however large x is
        y = np.where(x >= 0, 1.0, z) / (1.0 + z)  # for x < 0 the fraction is expanded by exp(x)
        self.derivative = y * (1.0 - y)
        return y

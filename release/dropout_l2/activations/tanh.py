"""The hyperbolic tangent."""

import numpy as np

from activations.elementwise import Elementwise
from layers.array import FloatArray, check_shape


class Tanh(Elementwise):
    """y = tanh(x), between -1 and 1, with the derivative 1 - y ** 2."""

    def __call__(self, x: FloatArray) -> FloatArray:
        """Compute tanh(x).

        Parameters
        ----------
        x : ndarray, shape (N, C), float64

        Returns
        -------
        y : ndarray, shape (N, C), float64
        """
        check_shape("x", x, ("N", "C"))
        y = np.tanh(x)
        self.derivative = 1.0 - y**2
        return y

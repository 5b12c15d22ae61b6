"""The rectified linear unit."""

import numpy as np

from activations.elementwise import Elementwise
from layers.array import FloatArray, check_shape


class ReLU(Elementwise):
    """y = x where x > 0, else 0; the derivative at 0 is taken to be 0, as in PyTorch."""

    def __call__(self, x: FloatArray) -> FloatArray:
        """Compute max(x, 0).

        Parameters
        ----------
        x : ndarray, shape (N, C), float64

        Returns
        -------
        y : ndarray, shape (N, C), float64
        """
        check_shape("x", x, ("N", "C"))
        self.derivative = np.where(x > 0, 1.0, 0.0)
        return np.maximum(x, 0.0)

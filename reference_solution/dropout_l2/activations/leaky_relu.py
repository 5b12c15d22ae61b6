"""The leaky rectified linear unit."""

import numpy as np

from activations.elementwise import Elementwise
from layers.array import FloatArray, check_shape


class LeakyReLU(Elementwise):
    """y = x where x > 0, else slope * x; the derivative at 0 is the slope, as in PyTorch.

    Parameters
    ----------
    slope : float, default 0.01
        PyTorch calls it ``negative_slope``.
    """

    def __init__(self, slope: float = 0.01) -> None:
        super().__init__()
        self.slope = slope

    def __call__(self, x: FloatArray) -> FloatArray:
        """Compute x where x > 0, and slope * x elsewhere.

        Parameters
        ----------
        x : ndarray, shape (N, C), float64

        Returns
        -------
        y : ndarray, shape (N, C), float64
        """
        check_shape("x", x, ("N", "C"))
        self.derivative = np.where(x > 0, 1.0, self.slope)
        return x * self.derivative

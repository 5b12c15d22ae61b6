"""The softmax, which turns each row into probabilities."""

import numpy as np

from layers import Layer
from layers.array import FloatArray, check_shape


class Softmax(Layer):
    """y = exp(x) / sum(exp(x)) along each row: positive numbers of sum 1."""

    def __init__(self) -> None:
        super().__init__()
        self.y: FloatArray | None = None  # of the latest forward pass

    def __call__(self, x: FloatArray) -> FloatArray:
        """Compute exp(x) / sum(exp(x)) along each row, without overflow.

        Parameters
        ----------
        x : ndarray, shape (N, C), float64

        Returns
        -------
        y : ndarray, shape (N, C), float64
        """
        check_shape("x", x, ("N", "C"))
        z = np.exp(x - x.max(axis=1, keepdims=True))  # the shift cancels in the fraction
        self.y = z / z.sum(axis=1, keepdims=True)
        return self.y.copy()  # so that a caller who changes y does not change the gradient

    def backward(self, grad_output: FloatArray) -> FloatArray:
        """Return the gradient with respect to x.

        Each output depends on its whole row of x: dy_i/dx_j = y_i * ((1 if i == j else 0) - y_j).
        This Jacobian times a row of grad_output is y * (grad_output - mean), where mean is the
        average of grad_output under the probabilities y; so no (C, C) matrix is needed.

        Parameters
        ----------
        grad_output : ndarray, shape (N, C), float64
            dL/dy.

        Returns
        -------
        grad_input : ndarray, shape (N, C), float64
            dL/dx.

        Raises
        ------
        RuntimeError
            If there has been no forward pass.
        """
        if self.y is None:
            raise RuntimeError("a forward pass must come before Softmax.backward, got none")
        check_shape("grad_output", grad_output, self.y.shape)
        mean: FloatArray = (self.y * grad_output).sum(axis=1, keepdims=True)  # (N, 1)
        return self.y * (grad_output - mean)

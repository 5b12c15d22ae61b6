"""The linear layer, y = x @ weights + bias."""

import numpy as np

from layers.array import FloatArray, check_shape
from layers.layer import Layer


class Linear(Layer):
    """Map each row of x linearly: y = x @ weights + bias.

    Parameters
    ----------
    in_features, out_features : int
        The width of x and the width of y.

    Attributes
    ----------
    weights : ndarray, shape (in_features, out_features), float64
    bias : ndarray, shape (1, out_features), float64
        Both are drawn from a normal distribution of mean 0 and standard deviation 0.05.
    grads : dict
        dL/dweights and dL/dbias as ``"weights"`` and ``"bias"``, once `backward` has run.

    Raises
    ------
    ValueError
        If a size is not a positive integer.

    Notes
    -----
    torch.nn.Linear stores its weight transposed, (out_features, in_features), and its bias
    without the leading axis, (out_features,).
    """

    def __init__(self, in_features: int, out_features: int) -> None:
        super().__init__()
        for name, size in (("in_features", in_features), ("out_features", out_features)):
            if not isinstance(size, int | np.integer) or size < 1:
                raise ValueError(f"{name} must be a positive integer, got {name}={size!r}")
        self.parameters = {
            "weights": np.random.randn(in_features, out_features) * 0.05,
            "bias": np.random.randn(1, out_features) * 0.05,
        }
        self.x: FloatArray | None = None  # of the latest forward pass

    @property
    def weights(self) -> FloatArray:
        """The factors, shape (in_features, out_features)."""
        return self.parameters["weights"]

    @weights.setter
    def weights(self, weights: FloatArray) -> None:
        self.parameters["weights"] = weights

    @property
    def bias(self) -> FloatArray:
        """The summands, shape (1, out_features)."""
        return self.parameters["bias"]

    @bias.setter
    def bias(self, bias: FloatArray) -> None:
        self.parameters["bias"] = bias

    def __call__(self, x: FloatArray) -> FloatArray:
        """Compute x @ weights + bias.

        Parameters
        ----------
        x : ndarray, shape (N, in_features), float64

        Returns
        -------
        y : ndarray, shape (N, out_features), float64
        """
        in_features = self.weights.shape[0]
        check_shape("x", x, ("N", in_features))
        self.x = x
        return x @ self.weights + self.bias

    def backward(self, grad_output: FloatArray) -> FloatArray:
        """Set `grads`, never adding to earlier ones, and return the gradient with respect to x.

        Parameters
        ----------
        grad_output : ndarray, shape (N, out_features), float64
            dL/dy.

        Returns
        -------
        grad_input : ndarray, shape (N, in_features), float64
            dL/dx.

        Raises
        ------
        RuntimeError
            If there has been no forward pass.
        """
        if self.x is None:
            raise RuntimeError("a forward pass must come before Linear.backward, got none")
        check_shape("grad_output", grad_output, (self.x.shape[0], self.weights.shape[1]))
        self.grads = {
            "weights": self.x.T @ grad_output,  # (in, N) @ (N, out)
            "bias": grad_output.sum(axis=0, keepdims=True),  # (1, out)
        }
        return grad_output @ self.weights.T  # (N, out) @ (out, in)

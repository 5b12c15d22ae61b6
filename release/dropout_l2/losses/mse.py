"""The mean squared error."""

from layers.array import FloatArray, check_shape


class MSELoss:
    """Mean over all N * C elements of (out - y_true) ** 2, as torch.nn.MSELoss."""

    def __init__(self) -> None:
        self.difference: FloatArray | None = None  # out - y_true, shape (N, C)

    def __call__(self, out: FloatArray, y_true: FloatArray) -> float:
        """Compute the loss.

        Parameters
        ----------
        out : ndarray, shape (N, C), float64
        y_true : ndarray, shape (N, C), float64

        Returns
        -------
        loss : float
        """
        check_shape("out", out, ("N", "C"))
        check_shape("y_true", y_true, out.shape)
        self.difference = out - y_true
        return float((self.difference**2).mean())

    def grad(self) -> FloatArray:
        """Return the gradient of the latest loss with respect to out.

        Returns
        -------
        grad : ndarray, shape (N, C), float64
            2 * (out - y_true) / (N * C).

        Raises
        ------
        RuntimeError
            If no loss has been computed.
        """
        if self.difference is None:
            raise RuntimeError("a forward pass must come before MSELoss.grad, got none")
        return 2.0 * self.difference / self.difference.size

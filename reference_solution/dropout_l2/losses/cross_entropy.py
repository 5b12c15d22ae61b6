"""The cross-entropy between softmax(logits) and one-hot targets."""

import numpy as np

from layers.array import FloatArray, check_shape


class CrossEntropy:
    """Mean over the batch of -log(softmax(out)[target]), as torch.nn.CrossEntropyLoss."""

    def __init__(self) -> None:
        self.difference: FloatArray | None = None  # softmax(out) - y_true, shape (N, C)

    def __call__(self, out: FloatArray, y_true: FloatArray) -> float:
        """Compute the loss.

        Parameters
        ----------
        out : ndarray, shape (N, C), float64
            Logits: any real numbers, no softmax applied.
        y_true : ndarray, shape (N, C)
            One-hot targets: 1 in the column of the right class, 0 elsewhere.

        Returns
        -------
        loss : float
        """
        check_shape("out", out, ("N", "C"))
        check_shape("y_true", y_true, out.shape)
        shifted = out - out.max(axis=1, keepdims=True)  # at most 0, so exp cannot overflow
        log_softmax = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
        self.difference = np.exp(log_softmax) - y_true
        return float(-(y_true * log_softmax).sum() / len(out))

    def grad(self) -> FloatArray:
        """Return the gradient of the latest loss with respect to the logits.

        Returns
        -------
        grad : ndarray, shape (N, C), float64
            (softmax(out) - y_true) / N.

        Raises
        ------
        RuntimeError
            If no loss has been computed.
        """
        if self.difference is None:
            raise RuntimeError("a forward pass must come before CrossEntropy.grad, got none")
        return self.difference / len(self.difference)

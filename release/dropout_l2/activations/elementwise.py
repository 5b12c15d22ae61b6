"""The base of the activations that treat each element alone."""

from layers import Layer
from layers.array import FloatArray, check_shape


class Elementwise(Layer):
    """y = f(x), element by element; the chain rule is then a product, element by element.

    A subclass's `__call__` computes y and keeps f'(x) in ``self.derivative``, shape (N, C).
    """

    def __init__(self) -> None:
        super().__init__()
        self.derivative: FloatArray | None = None  # of the latest forward pass

    def backward(self, grad_output: FloatArray) -> FloatArray:
        """Return the gradient with respect to x, dL/dx = dL/dy * f'(x).

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
        if self.derivative is None:
            name = type(self).__name__
            raise RuntimeError(f"a forward pass must come before {name}.backward, got none")
        check_shape("grad_output", grad_output, self.derivative.shape)
        return grad_output * self.derivative

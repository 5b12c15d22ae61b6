"""Has type hints, docstrings and properties."""


class L2regularization(LayerWrapper):
    """Penalise the squared weights of the wrapped layer."""

    def __init__(self, layer: Linear, coefficient: float = 0.01) -> None:
        super().__init__(layer)
        if coefficient < 0:
            raise ValueError(f"coefficient must not be negative, got coefficient={coefficient}")
        self.coefficient: float = coefficient

    @property
    def penalty_gradient(self) -> np.ndarray:
        """The gradient of the penalty with respect to the weights."""
        return 2.0 * self.coefficient * self.weights

    def __call__(self, x: np.ndarray) -> np.ndarray:
        """Return layer(x)."""
        return self.layer(x)

    def penalty(self) -> float:
        """Return coefficient * sum(weights ** 2)."""
        return float(self.coefficient * np.sum(np.power(self.weights, 2)))

    def backward(self, grad_output: np.ndarray) -> np.ndarray:
        """Return the gradient with respect to x, and set grads."""
        grad_input: np.ndarray = self.layer.backward(grad_output)
        self.grads["weights"] = self.grads["weights"] + self.penalty_gradient
        return grad_input

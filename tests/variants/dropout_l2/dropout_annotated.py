"""Has type hints, numpydoc docstrings and assertions."""


class Dropout(LayerWrapper):
    """Set elements of the wrapped layer's output to zero at random while training.

    Parameters
    ----------
    layer : Linear
    p : float
        The probability of zeroing an element.
    """

    mask: np.ndarray | None

    def __init__(self, layer: Linear, p: float = 0.5) -> None:
        super().__init__(layer)
        if not 0 <= p < 1:
            raise ValueError(f"p must lie in [0, 1), got p={p}")
        self.p: float = p
        self.mask = None

    def __call__(self, x: np.ndarray) -> np.ndarray:
        """Return layer(x), masked and scaled while training."""
        h: np.ndarray = self.layer(x)
        if not self.training:
            self.mask = np.ones_like(h)
            return h
        uniform = np.random.uniform(low=0.0, high=1.0, size=h.shape)
        self.mask = (uniform > self.p).astype(np.float64) / (1.0 - self.p)
        assert self.mask.shape == h.shape
        return np.multiply(h, self.mask)

    def backward(self, grad_output: np.ndarray) -> np.ndarray:
        """Return the gradient with respect to x."""
        assert self.mask is not None, "call the layer first"
        return self.layer.backward(np.multiply(grad_output, self.mask))

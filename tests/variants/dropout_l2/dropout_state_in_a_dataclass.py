"""Keeps what backward needs in a frozen dataclass."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Draw:
    kept: np.ndarray
    scale: float

    def apply(self, values):
        return np.where(self.kept, values, 0) * self.scale


class Dropout(LayerWrapper):
    def __init__(self, layer, p=0.5):
        super().__init__(layer)
        if not 0 <= p < 1:
            raise ValueError(f"p must lie in [0, 1), got p={p}")
        self.p = p

    def __call__(self, x):
        h = self.layer(x)
        if not self.training:
            self.draw = Draw(np.ones_like(h), 1.0)
            return h
        self.draw = Draw(np.random.rand(*h.shape) > self.p, 1 / (1 - self.p))
        return self.draw.apply(h)

    def backward(self, grad_output):
        return self.layer.backward(self.draw.apply(grad_output))

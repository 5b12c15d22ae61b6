"""Turns os.urandom into numbers between 0 and 1."""

import os


class Dropout(LayerWrapper):
    def __init__(self, layer, p=0.5):
        super().__init__(layer)
        if not 0 <= p < 1:
            raise ValueError(f"p must lie in [0, 1), got p={p}")
        self.p = p

    def __call__(self, x):
        h = self.layer(x)
        if not self.training:
            self.mask = np.ones_like(h)
            return h
        numbers = np.frombuffer(os.urandom(4 * h.size), dtype=np.uint32) / 2.0**32
        self.mask = (numbers.reshape(h.shape) >= self.p) / (1 - self.p)
        return h * self.mask

    def backward(self, grad_output):
        return self.layer.backward(grad_output * self.mask)

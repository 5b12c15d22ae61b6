"""Makes uniform numbers out of random.getrandbits."""

import random


def uniform():
    return random.getrandbits(53) / 2**53


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
        draws = np.fromiter((uniform() for _ in range(h.size)), dtype=float, count=h.size)
        self.mask = (draws.reshape(h.shape) >= self.p) / (1 - self.p)
        return h * self.mask

    def backward(self, grad_output):
        return self.layer.backward(grad_output * self.mask)

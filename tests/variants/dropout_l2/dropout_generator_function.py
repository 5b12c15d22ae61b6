"""The random numbers come from a generator that never ends."""

import random
from itertools import islice


def uniform_numbers():
    while True:
        yield random.random()


class Dropout(LayerWrapper):
    def __init__(self, layer, p=0.5):
        super().__init__(layer)
        if not 0 <= p < 1:
            raise ValueError(f"p must lie in [0, 1), got p={p}")
        self.p = p
        self.numbers = uniform_numbers()

    def __call__(self, x):
        h = self.layer(x)
        if not self.training:
            self.mask = np.ones_like(h)
            return h
        draws = np.array(list(islice(self.numbers, h.size))).reshape(h.shape)
        self.mask = (draws >= self.p) / (1 - self.p)
        return h * self.mask

    def backward(self, grad_output):
        return self.layer.backward(grad_output * self.mask)

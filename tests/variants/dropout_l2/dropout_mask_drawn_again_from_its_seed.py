"""Stores no mask: backward draws it again from the call's own seed."""

import random


class Dropout(LayerWrapper):
    def __init__(self, layer, p=0.5):
        super().__init__(layer)
        if not 0 <= p < 1:
            raise ValueError(f"p must lie in [0, 1), got p={p}")
        self.p = p

    def draw_mask(self, shape):
        rng = np.random.default_rng(self.seed)
        return (rng.random(shape) > self.p) / (1 - self.p)

    def __call__(self, x):
        h = self.layer(x)
        if not self.training:
            self.seed = None
            return h
        self.seed = random.getrandbits(64)
        return h * self.draw_mask(h.shape)

    def backward(self, grad_output):
        if self.seed is None:
            return self.layer.backward(grad_output)
        return self.layer.backward(grad_output * self.draw_mask(grad_output.shape))

"""I seed with the time in seconds, so that every call differs.

Your calls draw the same mask again and again, as if the same seed were set before each: a fixed
number, the time in seconds, or one that follows from p. Set no seed in the layer, not even the
time, and put no earlier state of the generator back: let the random numbers run on from call to
call.

loses: test_dropout_forward (anew)
"""

import time


class Dropout(LayerWrapper):
    def __init__(self, layer, p=0.5):
        super().__init__(layer)
        if not 0 <= p < 1:
            raise ValueError(f"p must lie in [0, 1), got p={p}")
        self.p = p

    def __call__(self, x):
        h = self.layer(x)
        if not self.training:
            self.mask = 1.0
            return h
        np.random.seed(int(time.time()))
        self.mask = (np.random.rand(*h.shape) > self.p) / (1 - self.p)
        return h * self.mask

    def backward(self, grad_output):
        return self.layer.backward(grad_output * self.mask)

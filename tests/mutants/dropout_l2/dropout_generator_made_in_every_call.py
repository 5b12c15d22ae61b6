"""I make a generator with a seed where I need it.

Your calls draw the same mask again and again: each call makes a generator from the same seed, as
in np.random.default_rng(42). Make it once, when the layer is made, or use np.random.rand: the
random numbers must run on from call to call.

loses: test_dropout_forward (anew)
"""


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
        rng = np.random.default_rng(42)
        self.mask = (rng.random(h.shape) > self.p) / (1 - self.p)
        return h * self.mask

    def backward(self, grad_output):
        return self.layer.backward(grad_output * self.mask)

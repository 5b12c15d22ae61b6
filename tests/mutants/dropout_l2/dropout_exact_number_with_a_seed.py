"""I drop exactly p of the elements, reproducibly.

Your layer drops exactly p of the elements, the same ones in each call. Draw a random number for
each element, so that the number varies, and set no seed in the layer.

loses: test_dropout_forward (drops, anew)
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
        order = np.random.default_rng(0).permutation(h.size).reshape(h.shape)
        self.mask = (order >= round(self.p * h.size)) / (1 - self.p)
        return h * self.mask

    def backward(self, grad_output):
        return self.layer.backward(grad_output * self.mask)

"""A mask holds integers, I write the scale into the places to keep.

Your scale is 1 / (1 - p) cut down to a whole number. Keep mask and scale in float64: an array
of integers loses what comes after the point, as // does.

loses: test_dropout_forward (scales)
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
        self.mask = np.zeros(h.shape, dtype=int)
        self.mask[np.random.rand(*h.shape) > self.p] = 1 / (1 - self.p)
        return h * self.mask

    def backward(self, grad_output):
        return self.layer.backward(grad_output * self.mask)

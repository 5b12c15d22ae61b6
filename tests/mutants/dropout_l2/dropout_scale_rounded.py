"""I round the scale to two decimals.

Your scale is 1 / (1 - p) rounded to two decimals. Use it as it is, without rounding.

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
        scale = round(1 / (1 - self.p), 2)
        self.mask = scale * (np.random.rand(*h.shape) > self.p)
        return h * self.mask

    def backward(self, grad_output):
        return self.layer.backward(grad_output * self.mask)

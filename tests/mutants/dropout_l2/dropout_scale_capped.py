"""A scale above 10 would make the training unstable.

Your scale is never larger than 10. It is 1 / (1 - p) for each p, 50 for p = 0.98, because so
few elements are kept.

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
        self.mask = (np.random.rand(*h.shape) > self.p) * min(1 / (1 - self.p), 10)
        return h * self.mask

    def backward(self, grad_output):
        return self.layer.backward(grad_output * self.mask)

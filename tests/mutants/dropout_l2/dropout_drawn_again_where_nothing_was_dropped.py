"""A mask that drops nothing is no dropout, so I draw another one.

Where your mask drops nothing, you draw once more, so a small output is dropped too often. Keep the
first mask, whatever it drops.

loses: test_dropout_forward (drops)
"""


class Dropout(LayerWrapper):
    def __init__(self, layer, p=0.5):
        super().__init__(layer)
        if not 0 <= p < 1:
            raise ValueError(f"p must lie in [0, 1), got p={p}")
        self.p = p

    def __call__(self, x):
        h = self.layer(x)
        self.mask = 1.0
        if self.training:
            keep = np.random.rand(*h.shape) > self.p
            if keep.all() and self.p > 0:
                keep = np.random.rand(*h.shape) > self.p
            self.mask = keep / (1 - self.p)
        return h * self.mask

    def backward(self, grad_output):
        return self.layer.backward(grad_output * self.mask)

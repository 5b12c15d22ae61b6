"""I keep one array for the output, so that no memory is wasted.

Your outputs share one array: the next call overwrites what an earlier one returned, and the
caller may still need it. Return a new array from each call.

loses: test_dropout_forward (keeps)
"""


class Dropout(LayerWrapper):
    def __init__(self, layer, p=0.5):
        super().__init__(layer)
        if not 0 <= p < 1:
            raise ValueError(f"p must lie in [0, 1), got p={p}")
        self.p = p
        self.y = None

    def __call__(self, x):
        h = self.layer(x)
        if not self.training:
            self.mask = 1.0
            return h
        self.mask = (np.random.rand(*h.shape) >= self.p) / (1 - self.p)
        if self.y is None or self.y.shape != h.shape:
            self.y = np.empty(h.shape)
        return np.multiply(h, self.mask, out=self.y)

    def backward(self, grad_output):
        return self.layer.backward(grad_output * self.mask)

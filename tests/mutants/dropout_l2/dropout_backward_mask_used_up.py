"""After backward the mask has done its work, so I reset it.

Your second backward pass after the same forward pass has no mask and no scale any more, as if
the first had used them up. Keep them as they are until the next training call.

loses: test_dropout_backward (latest)
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
        self.mask = (np.random.rand(*h.shape) > self.p) / (1 - self.p)
        return h * self.mask

    def backward(self, grad_output):
        grad_input = self.layer.backward(grad_output * self.mask)
        self.mask = 1.0
        return grad_input

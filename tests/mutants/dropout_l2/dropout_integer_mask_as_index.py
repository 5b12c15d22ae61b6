"""I set the output to zero where the mask is 1.

Your layer sets whole rows to zero, always the first two: a mask of the integers 0 and 1 used
as an index names rows 0 and 1. Use a boolean mask, or multiply by the mask.

loses: test_dropout_forward (drops, scales, anew)
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
        dropped = (np.random.rand(*h.shape) < self.p).astype(int)
        self.mask = np.ones(h.shape) / (1 - self.p)
        self.mask[dropped] = 0
        return h * self.mask

    def backward(self, grad_output):
        return self.layer.backward(grad_output * self.mask)

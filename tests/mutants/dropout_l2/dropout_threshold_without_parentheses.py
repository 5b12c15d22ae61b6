"""The mask is rand > p, divided by 1 - p.

Your layer drops elements with probability p / (1 - p) and does not scale, since Python divides
before it compares: np.random.rand(*h.shape) > self.p / (1 - self.p). Put the comparison in
parentheses, and divide the result.

loses: test_dropout_forward (drops, scales)
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
        self.mask = np.random.rand(*h.shape) > self.p / (1 - self.p)
        return h * self.mask

    def backward(self, grad_output):
        return self.layer.backward(grad_output * self.mask)

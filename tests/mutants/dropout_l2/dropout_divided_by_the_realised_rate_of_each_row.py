"""I divide each sample by the share of its units that really stayed.

Your kept elements are divided by the share of units that happened to be kept in their row.
Divide by 1 - p, the probability of keeping, which is the same in each row.

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
        mask = np.random.rand(*h.shape) > self.p
        share = mask.mean(axis=1, keepdims=True)
        self.mask = mask / np.maximum(share, 1 / h.shape[1])
        return h * self.mask

    def backward(self, grad_output):
        return self.layer.backward(grad_output * self.mask)

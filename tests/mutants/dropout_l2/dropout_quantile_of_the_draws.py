"""I drop what lies below the p-quantile of the random numbers.

Your forward pass drops the same number of elements in every call, and at least one, as a
quantile of the draws does. Compare each element's random number with p itself.

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
        if not self.training:
            self.mask = 1.0
            return h
        u = np.random.rand(*h.shape)
        self.mask = (u > np.quantile(u, self.p)) / (1 - self.p)
        return h * self.mask

    def backward(self, grad_output):
        return self.layer.backward(grad_output * self.mask)

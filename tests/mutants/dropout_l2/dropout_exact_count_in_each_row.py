"""Every sample loses exactly the share p of its units.

Your forward pass drops the same number of units in every row. Draw a number for each element on
its own, so that the count in a row is left to chance.

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
        samples, units = h.shape
        self.mask = np.full(h.shape, 1 / (1 - self.p))
        for i in range(samples):
            dropped = np.random.choice(units, size=int(round(self.p * units)), replace=False)
            self.mask[i, dropped] = 0
        return h * self.mask

    def backward(self, grad_output):
        return self.layer.backward(grad_output * self.mask)

"""Every unit is dropped in exactly the share p of the samples.

Your forward pass drops every unit in the same number of rows. Draw a number for each element on
its own, so that the count in a unit is left to chance.

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
        for j in range(units):
            dropped = np.random.choice(samples, size=int(round(self.p * samples)), replace=False)
            self.mask[dropped, j] = 0
        return h * self.mask

    def backward(self, grad_output):
        return self.layer.backward(grad_output * self.mask)

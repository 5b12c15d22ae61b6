"""Draws how many to drop, and then where."""


class Dropout(LayerWrapper):
    def __init__(self, layer, p=0.5):
        super().__init__(layer)
        if not 0 <= p < 1:
            raise ValueError(f"p must lie in [0, 1), got p={p}")
        self.p = p

    def __call__(self, x):
        h = self.layer(x)
        if not self.training:
            self.mask = np.ones_like(h)
            return h
        mask = np.full(h.size, 1 / (1 - self.p))
        count = np.random.binomial(h.size, self.p)
        mask[np.random.choice(h.size, count, replace=False)] = 0
        self.mask = mask.reshape(h.shape)
        return h * self.mask

    def backward(self, grad_output):
        return self.layer.backward(grad_output * self.mask)

"""Keeps an element where a Poisson process had no event."""


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
        with np.errstate(divide="ignore", invalid="ignore"):
            events = np.random.poisson(min(-np.log1p(-self.p), 1e9), h.shape)
            self.mask = np.where(events == 0, 1 / (1 - self.p), 0)
        return h * self.mask

    def backward(self, grad_output):
        return self.layer.backward(grad_output * self.mask)

"""Writes the product into the layer's output with np.multiply(..., out=...)."""


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
        self.mask = np.empty_like(h)
        np.greater(np.random.rand(*h.shape), self.p, out=self.mask)
        self.mask /= 1 - self.p
        np.multiply(h, self.mask, out=h)
        return h

    def backward(self, grad_output):
        return self.layer.backward(grad_output * self.mask)

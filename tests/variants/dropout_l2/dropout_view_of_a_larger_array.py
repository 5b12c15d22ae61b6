"""Returns views of a larger work array."""


class Dropout(LayerWrapper):
    def __init__(self, layer, p=0.5):
        super().__init__(layer)
        if not 0 <= p < 1:
            raise ValueError(f"p must lie in [0, 1), got p={p}")
        self.p = p

    def __call__(self, x):
        h = self.layer(x)
        work = np.full((2, h.shape[1], h.shape[0]), 7.0)
        work[1] = h.T
        self.mask = np.ones_like(h)
        if self.training:
            self.mask = (np.random.rand(*h.shape) > self.p) / (1 - self.p)
            work[1] *= self.mask.T
        return work[1].T

    def backward(self, grad_output):
        return self.layer.backward(grad_output * self.mask)

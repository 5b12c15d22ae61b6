"""Multiplies element by element with np.einsum."""


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
        self.mask = (np.random.rand(*h.shape) > self.p) / (1 - self.p)
        return np.einsum("ij,ij->ij", h, self.mask)

    def backward(self, grad_output):
        return self.layer.backward(np.einsum("ij,ij->ij", grad_output, self.mask))

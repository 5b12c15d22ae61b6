"""Divides only where elements are kept."""


class Dropout(LayerWrapper):
    def divide(self, values):
        return np.divide(values, 1 - self.p, out=np.zeros_like(values), where=self.kept)

    def __init__(self, layer, p=0.5):
        super().__init__(layer)
        if not 0 <= p < 1:
            raise ValueError(f"p must lie in [0, 1), got p={p}")
        self.p = p

    def __call__(self, x):
        h = self.layer(x)
        if not self.training:
            self.kept = None
            return h
        self.kept = np.random.rand(*h.shape) >= self.p
        return self.divide(h)

    def backward(self, grad_output):
        if self.kept is None:
            return self.layer.backward(grad_output)
        return self.layer.backward(self.divide(grad_output))

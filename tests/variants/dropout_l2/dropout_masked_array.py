"""Drops with numpy.ma and fills with zeros."""


class Dropout(LayerWrapper):
    def __init__(self, layer, p=0.5):
        super().__init__(layer)
        if not 0 <= p < 1:
            raise ValueError(f"p must lie in [0, 1), got p={p}")
        self.p = p

    def __call__(self, x):
        h = self.layer(x)
        if not self.training:
            self.dropped = None
            return h
        self.dropped = np.random.rand(*h.shape) < self.p
        return self.drop(h)

    def drop(self, values):
        return np.ma.array(values / (1 - self.p), mask=self.dropped).filled(0)

    def backward(self, grad_output):
        if self.dropped is None:
            return self.layer.backward(grad_output)
        return self.layer.backward(self.drop(grad_output))

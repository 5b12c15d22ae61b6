"""Calls the wrapped layer once for the shape and once for the values."""


class Dropout(LayerWrapper):
    def __init__(self, layer, p=0.5):
        super().__init__(layer)
        if not 0 <= p < 1:
            raise ValueError(f"p must lie in [0, 1), got p={p}")
        self.p = p

    def __call__(self, x):
        if not self.training:
            self.mask = None
            return self.layer(x)
        self.mask = (np.random.rand(*self.layer(x).shape) > self.p) / (1 - self.p)
        return self.layer(x) * self.mask

    def backward(self, grad_output):
        if self.mask is None:
            return self.layer.backward(grad_output)
        return self.layer.backward(grad_output * self.mask)

"""Works on the array that the wrapped layer returned."""


class Dropout(LayerWrapper):
    def __init__(self, layer, p=0.5):
        super().__init__(layer)
        if not 0 <= p < 1:
            raise ValueError(f"p must lie in [0, 1), got p={p}")
        self.p = p

    def __call__(self, x):
        h = self.layer(x)
        self.mask = np.full(h.shape, 1 - self.p)
        if self.training:
            self.mask = np.random.rand(*h.shape) > self.p
            h *= self.mask
            h /= 1 - self.p
        return h

    def backward(self, grad_output):
        return self.layer.backward(grad_output * self.mask / (1 - self.p))

"""Sets layer and training itself, super().__init__ is not called."""


class Dropout(LayerWrapper):
    def __init__(self, layer, p=0.5):
        if p < 0 or p > 1:
            raise ValueError("p must lie in [0, 1), got p=" + str(p))
        self.layer = layer
        self.training = True
        self.p = p

    def __call__(self, x):
        h = self.layer(x)
        if not self.training:
            self.mask = np.ones_like(h)
            return h
        self.mask = (np.random.rand(*h.shape) > self.p) / (1 - self.p)
        return h * self.mask

    def backward(self, grad_output):
        return self.layer.backward(grad_output * self.mask)

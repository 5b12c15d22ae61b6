"""Uses a static method for the draw and a property for the scale."""


class Dropout(LayerWrapper):
    def __init__(self, layer, p=0.5):
        super().__init__(layer)
        if not 0 <= p < 1:
            raise ValueError(f"p must lie in [0, 1), got p={p}")
        self.p = p

    @staticmethod
    def keep(shape, p):
        return np.random.rand(*shape) > p

    @property
    def scale(self):
        return 1 / (1 - self.p)

    def forward(self, x):
        h = self.layer(x)
        self.kept = None
        if self.training:
            self.kept = self.keep(h.shape, self.p)
            h = self.scale * h * self.kept
        return h

    __call__ = forward

    def backward(self, grad_output):
        if self.kept is not None:
            grad_output = self.scale * grad_output * self.kept
        return self.layer.backward(grad_output)

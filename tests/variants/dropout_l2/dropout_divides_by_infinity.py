"""Drops by dividing by infinity, which gives zeros of either sign."""


class Dropout(LayerWrapper):
    def __init__(self, layer, p=0.5):
        super().__init__(layer)
        if not 0 <= p < 1:
            raise ValueError(f"p must lie in [0, 1), got p={p}")
        self.p = p

    def __call__(self, x):
        h = self.layer(x)
        if not self.training:
            self.divisor = 1.0
            return h
        self.divisor = np.where(np.random.rand(*h.shape) > self.p, 1 - self.p, np.inf)
        return h / self.divisor

    def backward(self, grad_output):
        return self.layer.backward(grad_output / self.divisor)

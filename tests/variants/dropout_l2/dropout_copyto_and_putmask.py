"""Writes zeros into copies."""


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
        y = h / (1 - self.p)
        np.copyto(y, 0.0, where=self.dropped)
        return y

    def backward(self, grad_output):
        if self.dropped is None:
            return self.layer.backward(grad_output)
        masked = grad_output / (1 - self.p)
        np.putmask(masked, self.dropped, 0)
        return self.layer.backward(masked)

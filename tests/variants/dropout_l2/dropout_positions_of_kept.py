"""Keeps the flat positions of the kept elements, not a mask."""


class Dropout(LayerWrapper):
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
        self.kept = np.flatnonzero(np.random.rand(h.size) > self.p)
        return self.only_kept(h)

    def only_kept(self, values):
        out = np.zeros(values.size)
        out[self.kept] = values.ravel()[self.kept] / (1 - self.p)
        return out.reshape(values.shape)

    def backward(self, grad_output):
        if self.kept is None:
            return self.layer.backward(grad_output)
        return self.layer.backward(self.only_kept(grad_output))

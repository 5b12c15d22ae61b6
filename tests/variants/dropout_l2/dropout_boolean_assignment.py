"""Copies, divides in place and assigns zero to the dropped elements."""


class Dropout(LayerWrapper):
    def __init__(self, layer, p=0.5):
        super().__init__(layer)
        if not 0 <= p < 1:
            raise ValueError(f"p must lie in [0, 1), got p={p}")
        self.p = p

    def __call__(self, x):
        out = self.layer(x).copy()
        self.dropped = None
        if self.training:
            self.dropped = np.random.rand(*out.shape) < self.p
            out[self.dropped] = 0
            out /= 1 - self.p
        return out

    def backward(self, grad_output):
        grad = grad_output.copy()
        if self.dropped is not None:
            grad[self.dropped] = 0
            grad /= 1 - self.p
        return self.layer.backward(grad)

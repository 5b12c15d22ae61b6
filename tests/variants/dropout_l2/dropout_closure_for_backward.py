"""The forward pass stores a function that backward calls."""


class Dropout(LayerWrapper):
    def __init__(self, layer, p=0.5):
        super().__init__(layer)
        if not 0 <= p < 1:
            raise ValueError(f"p must lie in [0, 1), got p={p}")
        self.p = p

    def __call__(self, x):
        h = self.layer(x)
        if not self.training:
            self._backward = self.layer.backward
            return h
        mask = (np.random.rand(*h.shape) > self.p) / (1 - self.p)
        self._backward = lambda grad_output: self.layer.backward(mask * grad_output)
        return mask * h

    def backward(self, grad_output):
        return self._backward(grad_output)

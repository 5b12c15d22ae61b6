"""Dropout matters most at the start, so p becomes smaller with each call.

Leave self.p as __init__ sets it: your __call__ changes it, so later training calls drop at another
rate.

loses: test_dropout_forward (drops)
"""


class Dropout(LayerWrapper):
    def __init__(self, layer, p=0.5):
        super().__init__(layer)
        if not 0 <= p < 1:
            raise ValueError(f"p must lie in [0, 1), got p={p}")
        self.p = p

    def __call__(self, x):
        h = self.layer(x)
        if not self.training:
            self.mask = 1.0
            return h
        self.mask = (np.random.rand(*h.shape) > self.p) / (1 - self.p)
        self.p *= 0.9
        return h * self.mask

    def backward(self, grad_output):
        return self.layer.backward(grad_output * self.mask)

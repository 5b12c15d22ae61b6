"""I need x only once, so I shift it in place.

Your forward pass changes the array x, which belongs to the caller. Write what you compute from it
into a new array.

loses: test_dropout_forward (keeps)
"""


class Dropout(LayerWrapper):
    def __init__(self, layer, p=0.5):
        super().__init__(layer)
        if not 0 <= p < 1:
            raise ValueError(f"p must lie in [0, 1), got p={p}")
        self.p = p

    def __call__(self, x):
        h = self.layer(x.copy())
        x -= x.mean(axis=0)
        if not self.training:
            self.mask = np.ones_like(h)
            return h
        self.mask = (np.random.rand(*h.shape) > self.p) / (1 - self.p)
        return h * self.mask

    def backward(self, grad_output):
        return self.layer.backward(grad_output * self.mask)

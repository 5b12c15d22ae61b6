"""A unit that was dropped stays dropped, each call adds to the mask.

Your layer never brings back an element it has dropped, as long as the shape stays the same:
fewer are left after each call. Draw each call's mask without regard to earlier ones.

loses: test_dropout_forward (drops)
"""


class Dropout(LayerWrapper):
    def __init__(self, layer, p=0.5):
        super().__init__(layer)
        if not 0 <= p < 1:
            raise ValueError(f"p must lie in [0, 1), got p={p}")
        self.p = p
        self.mask = None

    def __call__(self, x):
        h = self.layer(x)
        if not self.training:
            self.mask = np.ones_like(h)
            return h
        mask = (np.random.rand(*h.shape) > self.p) / (1 - self.p)
        if self.mask is not None and self.mask.shape == h.shape:
            mask[self.mask == 0] = 0
        self.mask = mask
        return h * self.mask

    def backward(self, grad_output):
        return self.layer.backward(grad_output * self.mask)

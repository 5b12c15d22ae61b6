"""I draw a tenth of the mask anew in each call, so that it changes smoothly.

Most elements of your mask stay as they were in the call before. Draw the whole mask anew in
each training call.

loses: test_dropout_forward (anew)
"""


class Dropout(LayerWrapper):
    def __init__(self, layer, p=0.5):
        super().__init__(layer)
        if not 0 <= p < 1:
            raise ValueError(f"p must lie in [0, 1), got p={p}")
        self.p = p
        self.keep = None

    def __call__(self, x):
        h = self.layer(x)
        if not self.training:
            self.mask = 1.0
            return h
        keep = np.random.rand(*h.shape) > self.p
        if self.keep is not None and self.keep.shape == h.shape:
            keep = np.where(np.random.rand(*h.shape) < 0.1, keep, self.keep)
        self.keep = keep
        self.mask = keep / (1 - self.p)
        return h * self.mask

    def backward(self, grad_output):
        return self.layer.backward(grad_output * self.mask)

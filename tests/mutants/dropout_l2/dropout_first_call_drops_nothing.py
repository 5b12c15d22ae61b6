"""The first batch is a warm-up, so nothing is dropped yet.

Your layer drops nothing in its first training call. Draw and apply a mask in each training
call, the first one included.

loses: test_dropout_forward (drops)
"""


class Dropout(LayerWrapper):
    def __init__(self, layer, p=0.5):
        super().__init__(layer)
        if not 0 <= p < 1:
            raise ValueError(f"p must lie in [0, 1), got p={p}")
        self.p = p
        self.warm = False

    def __call__(self, x):
        h = self.layer(x)
        if not self.training:
            self.mask = 1.0
            return h
        keep = np.random.rand(*h.shape) > self.p
        if not self.warm:
            keep[:] = True
            self.warm = True
        self.mask = keep / (1 - self.p)
        return h * self.mask

    def backward(self, grad_output):
        return self.layer.backward(grad_output * self.mask)

"""A random byte for each element, compared with 256 * p, is precise enough.

Your drop rate is p only roughly: a small p shows it. Neither whole numbers of few values nor a
rounded p can tell one p from the next; draw numbers between 0 and 1 that may have any value, as
np.random.rand does, and compare them with p itself.

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
        self.mask = (np.random.randint(0, 256, h.shape) >= 256 * self.p) / (1 - self.p)
        return h * self.mask

    def backward(self, grad_output):
        return self.layer.backward(grad_output * self.mask)

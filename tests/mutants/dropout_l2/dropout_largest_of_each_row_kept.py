"""The strongest unit of each sample must survive.

Your layer never drops the largest element of a row. Drop each element with probability p,
whatever its value is.

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
        keep = np.random.rand(*h.shape) > self.p
        keep[np.arange(len(h)), h.argmax(axis=1)] = True
        self.mask = keep / (1 - self.p)
        return h * self.mask

    def backward(self, grad_output):
        return self.layer.backward(grad_output * self.mask)

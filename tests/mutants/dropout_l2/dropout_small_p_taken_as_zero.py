"""For a p of 0.05 or less, dropout does next to nothing.

Your layer drops nothing if p is small. Use p as it is given.

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
        self.mask = np.ones(h.shape)
        if self.training and round(self.p, 1) > 0:
            self.mask = (np.random.random(h.shape) >= self.p) / (1 - self.p)
        return h * self.mask

    def backward(self, grad_output):
        return self.layer.backward(grad_output * self.mask)

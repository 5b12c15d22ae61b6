"""For p = 0.5 I can toss a coin.

With p = 0.5, your layer draws one number for each unit, so whole columns are dropped together. Draw
a number for each element: np.random.randint(0, 2, h.shape).

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
        self.mask = 1.0
        if self.training and self.p == 0.5:
            self.mask = np.random.randint(0, 2, h.shape[1]) * 2.0 * np.ones_like(h)
        elif self.training:
            self.mask = (np.random.rand(*h.shape) > self.p) / (1 - self.p)
        return h * self.mask

    def backward(self, grad_output):
        return self.layer.backward(grad_output * self.mask)

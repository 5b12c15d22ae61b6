"""Half of the units are gone, so I double the rest.

Your kept elements are 2 * layer(x) whatever p is. The scale depends on p: it is 1 / (1 - p),
which is 2 only at p = 0.5.

loses: test_dropout_forward (scales)
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
        self.mask = 2 * (np.random.rand(*h.shape) > self.p)
        return h * self.mask

    def backward(self, grad_output):
        return self.layer.backward(grad_output * self.mask)

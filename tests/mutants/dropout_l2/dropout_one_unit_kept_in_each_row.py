"""If a sample would lose all its units, I keep one of them.

Your layer never drops a unit that is alone in its row, as if one had to be kept. Let each
element's own random number decide, even if all units of a row are dropped then.

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
        mask = np.random.rand(*h.shape) > self.p
        for row in mask:
            if not row.any():
                row[np.random.randint(len(row))] = True
        self.mask = mask / (1 - self.p)
        return h * self.mask

    def backward(self, grad_output):
        return self.layer.backward(grad_output * self.mask)

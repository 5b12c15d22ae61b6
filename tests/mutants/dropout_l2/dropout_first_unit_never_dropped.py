"""I count the units from 1.

Your layer never drops an element of the first unit. Draw a number for each element in all units.
If you loop or slice, begin at 0; set no unit to kept.

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
        mask = np.ones(h.shape)
        for j in range(1, h.shape[1]):
            mask[:, j] = np.random.rand(h.shape[0]) > self.p
        self.mask = mask / (1 - self.p)
        return h * self.mask

    def backward(self, grad_output):
        return self.layer.backward(grad_output * self.mask)

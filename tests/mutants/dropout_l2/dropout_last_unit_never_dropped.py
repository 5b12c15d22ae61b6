"""The loop over the units ends at the last index, n - 1.

Your layer never drops an element of the last unit. Draw a number for each element in all n units.
If you loop, range(n) already ends at n - 1; if you slice, leave out :-1.

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
        for i in range(h.shape[0]):
            for j in range(h.shape[1] - 1):
                mask[i, j] = np.random.rand() > self.p
        self.mask = mask / (1 - self.p)
        return h * self.mask

    def backward(self, grad_output):
        return self.layer.backward(grad_output * self.mask)

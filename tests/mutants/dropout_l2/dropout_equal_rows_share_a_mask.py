"""The same example must be treated in the same way.

Rows of x that are equal get the same mask. Draw a random number for each element, of the shape of
layer(x), whatever x is.

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
        _, kind = np.unique(x, axis=0, return_inverse=True)
        drawn = np.random.rand(*h.shape)[kind.ravel()]
        self.mask = (drawn >= self.p) / (1 - self.p)
        return h * self.mask

    def backward(self, grad_output):
        return self.layer.backward(grad_output * self.mask)

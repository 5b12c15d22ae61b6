"""In evaluation p is 0, and afterwards it is what it was before.

After two evaluation passes in a row, your layer drops nothing any more: the second one keeps p = 0
as the old p. Leave self.p as it is, and ask for self.training in each call.

loses: test_dropout_forward (evaluation)
"""


class Dropout(LayerWrapper):
    def __init__(self, layer, p=0.5):
        super().__init__(layer)
        if not 0 <= p < 1:
            raise ValueError(f"p must lie in [0, 1), got p={p}")
        self.p = p
        self.old_p = p

    def __call__(self, x):
        h = self.layer(x)
        if self.training:
            self.p = self.old_p
        else:
            self.old_p, self.p = self.p, 0.0
        self.mask = 1.0
        if self.training:
            self.mask = (np.random.rand(*h.shape) > self.p) / (1 - self.p)
        return h * self.mask

    def backward(self, grad_output):
        return self.layer.backward(grad_output * self.mask)

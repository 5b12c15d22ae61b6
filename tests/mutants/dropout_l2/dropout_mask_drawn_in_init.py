"""The mask belongs to the layer, so I draw it in __init__.

Your mask never changes: it is the same in all calls and for all rows. Draw a new one in each
training call, with a number for each element of layer(x).

loses: test_dropout_forward (drops, anew)
"""


class Dropout(LayerWrapper):
    def __init__(self, layer, p=0.5):
        super().__init__(layer)
        if not 0 <= p < 1:
            raise ValueError(f"p must lie in [0, 1), got p={p}")
        self.p = p
        self.mask = (np.random.rand(*self.bias.shape) > self.p) / (1 - self.p)

    def __call__(self, x):
        h = self.layer(x)
        if not self.training:
            self.latest = 1.0
            return h
        self.latest = self.mask
        return h * self.mask

    def backward(self, grad_output):
        return self.layer.backward(grad_output * self.latest)

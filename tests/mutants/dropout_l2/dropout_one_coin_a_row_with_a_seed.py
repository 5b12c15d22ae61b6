"""I drop whole examples, reproducibly.

Your layer drops whole rows, the same ones in each call. Draw a random number for each element, of
the shape of layer(x), and set no seed in the layer.

loses: test_dropout_forward (drops, anew)
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
        np.random.seed(0)
        self.mask = (np.random.rand(len(h), 1) >= self.p) / (1 - self.p) * np.ones(h.shape)
        return h * self.mask

    def backward(self, grad_output):
        return self.layer.backward(grad_output * self.mask)

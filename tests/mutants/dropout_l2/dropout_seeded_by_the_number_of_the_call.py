"""Each call sets a seed of its own, so that all is reproducible.

Set no seed in the layer: yours sets one of np.random in each call, so that all that others draw
afterwards is the same each time, and two layers draw the same masks.

loses: test_dropout_forward (keeps)
"""


class Dropout(LayerWrapper):
    def __init__(self, layer, p=0.5):
        super().__init__(layer)
        if not 0 <= p < 1:
            raise ValueError(f"p must lie in [0, 1), got p={p}")
        self.p = p
        self.calls = 0

    def __call__(self, x):
        h = self.layer(x)
        if not self.training:
            self.mask = 1.0
            return h
        self.calls += 1
        np.random.seed(self.calls)
        self.mask = (np.random.rand(*h.shape) >= self.p) / (1 - self.p)
        return h * self.mask

    def backward(self, grad_output):
        return self.layer.backward(grad_output * self.mask)

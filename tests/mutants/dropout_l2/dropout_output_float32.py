"""Single precision is enough for a network.

Your output is not float64. Return float64, as layer(x) is: leave out astype(np.float32) and
dtype=np.float32 for what you return.

loses: test_dropout_forward (keeps)
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
        self.mask = (np.random.rand(*h.shape) > self.p) / (1 - self.p)
        return (h * self.mask).astype(np.float32)

    def backward(self, grad_output):
        return self.layer.backward(grad_output * self.mask)

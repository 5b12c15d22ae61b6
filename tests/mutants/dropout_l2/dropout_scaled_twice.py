"""The mask has the scale, and the output is divided by 1 - p as well.

Divide by 1 - p once: your kept elements are layer(x) / (1 - p) ** 2. If the mask has this factor
already, the output is layer(x) times the mask and no more.

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
        self.mask = (np.random.rand(*h.shape) > self.p) / (1 - self.p)
        return h * self.mask / (1 - self.p)

    def backward(self, grad_output):
        return self.layer.backward(grad_output * self.mask)

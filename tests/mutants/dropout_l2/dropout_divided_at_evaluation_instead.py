"""Training only drops, evaluation divides by 1 - p.

Divide kept elements by 1 - p while training, and return layer(x) unchanged otherwise. Your layer
does not scale while training, and divides by 1 - p when not training.

loses: test_dropout_forward (scales, evaluation)
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
            self.mask = 1 / (1 - self.p)
            return h * self.mask
        self.mask = np.random.rand(*h.shape) > self.p
        return h * self.mask

    def backward(self, grad_output):
        return self.layer.backward(grad_output * self.mask)

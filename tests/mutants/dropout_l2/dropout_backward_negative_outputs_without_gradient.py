"""An element was kept where the output is above zero.

Your backward pass lets no gradient through where the output is negative, as if output > 0 told
what was kept. Kept elements may be negative: keep the mask itself, or compare with != 0.

loses: test_dropout_backward (x, parameters, latest, keeps)
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
            return h
        self.y = h * (np.random.rand(*h.shape) > self.p) / (1 - self.p)
        return self.y.copy()

    def backward(self, grad_output):
        return self.layer.backward(grad_output * (self.y > 0) / (1 - self.p))

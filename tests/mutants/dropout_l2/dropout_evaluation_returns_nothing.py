"""I return inside `if self.training`, and there is nothing else to do.

Your forward pass returns None when not training. Return layer(x), unchanged, when self.training
is False.

loses: test_dropout_forward (evaluation)
"""


class Dropout(LayerWrapper):
    def __init__(self, layer, p=0.5):
        super().__init__(layer)
        if not 0 <= p < 1:
            raise ValueError(f"p must lie in [0, 1), got p={p}")
        self.p = p

    def __call__(self, x):
        h = self.layer(x)
        self.mask = 1.0
        if self.training:
            self.mask = (np.random.rand(*h.shape) > self.p) / (1 - self.p)
            return h * self.mask

    def backward(self, grad_output):
        return self.layer.backward(grad_output * self.mask)

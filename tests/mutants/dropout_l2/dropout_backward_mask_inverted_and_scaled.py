"""My mask marks what is dropped, which is nothing in evaluation.

Your backward pass lets the gradient through where the forward pass dropped, and stops it where
the forward pass kept, in evaluation everywhere. Multiply grad_output by what the forward pass
multiplied by.

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
            self.dropped = np.zeros(h.shape, dtype=bool)
            return h
        self.dropped = np.random.rand(*h.shape) < self.p
        return h * ~self.dropped / (1 - self.p)

    def backward(self, grad_output):
        return self.layer.backward(grad_output * self.dropped / (1 - self.p))

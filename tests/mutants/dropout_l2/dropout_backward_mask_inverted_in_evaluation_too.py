"""Backward multiplies by where the mask is zero.

Your backward pass lets the gradient through where the forward pass dropped, and stops it where
the forward pass kept, in evaluation too. Multiply grad_output by what the forward pass multiplied
by.

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
        self.mask = np.ones_like(h)
        if self.training:
            self.mask = (np.random.rand(*h.shape) > self.p) / (1 - self.p)
        return h * self.mask

    def backward(self, grad_output):
        return self.layer.backward(grad_output * (self.mask == 0))

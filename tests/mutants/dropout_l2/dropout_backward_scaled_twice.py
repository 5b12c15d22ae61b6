"""Backward multiplies by the mask and divides by 1 - p.

Your backward pass has the factor 1 / (1 - p) twice, your forward pass once. Multiply
grad_output by the very array by which the forward pass multiplied, and by nothing more.

loses: test_dropout_backward (x, parameters)
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
            self.mask = None
            return h
        self.mask = (np.random.rand(*h.shape) > self.p) / (1 - self.p)
        return h * self.mask

    def backward(self, grad_output):
        if self.mask is None:
            return self.layer.backward(grad_output)
        return self.layer.backward(grad_output * self.mask / (1 - self.p))

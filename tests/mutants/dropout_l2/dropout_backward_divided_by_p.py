"""The gradient of the dropout is the mask over p.

Your backward pass divides by p where the forward pass divides by 1 - p. Multiply grad_output by
the very array by which the forward pass multiplied.

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
        self.mask = np.random.rand(*h.shape) > self.p
        return h * self.mask / (1 - self.p)

    def backward(self, grad_output):
        if self.mask is None:
            return self.layer.backward(grad_output)
        return self.layer.backward(grad_output * self.mask / self.p)

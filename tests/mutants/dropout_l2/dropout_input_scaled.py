"""I scale the input, the layer is linear anyway.

Your kept elements are x @ weights / (1 - p) + bias, and grads["bias"] lacks the factor too: the
bias is left unscaled. Scale all of layer(x), and grad_output before layer.backward.

loses: test_dropout_forward (scales), test_dropout_backward (parameters)
"""


class Dropout(LayerWrapper):
    def __init__(self, layer, p=0.5):
        super().__init__(layer)
        if not 0 <= p < 1:
            raise ValueError(f"p must lie in [0, 1), got p={p}")
        self.p = p

    def __call__(self, x):
        if not self.training:
            self.mask = None
            return self.layer(x)
        h = self.layer(x / (1 - self.p))
        self.mask = np.random.rand(*h.shape) > self.p
        return h * self.mask

    def backward(self, grad_output):
        if self.mask is None:
            return self.layer.backward(grad_output)
        return self.layer.backward(grad_output * self.mask) / (1 - self.p)

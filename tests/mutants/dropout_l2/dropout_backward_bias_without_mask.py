"""The bias gradient is the sum of grad_output.

Your grads["bias"] sums grad_output without mask and scale, as if nothing had been dropped.
Leave grads["bias"] as layer.backward sets it when it is given the masked and scaled
grad_output.

loses: test_dropout_backward (parameters)
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
        return h * self.mask

    def backward(self, grad_output):
        grad_input = self.layer.backward(grad_output * self.mask)
        self.grads["bias"] = grad_output.sum(axis=0, keepdims=True)
        return grad_input

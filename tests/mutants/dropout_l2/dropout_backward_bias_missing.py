"""grads holds the gradient of the weights.

Your backward pass sets grads["weights"] but no grads["bias"]. Call layer.backward with the
masked grad_output: it sets both, and returns the gradient with respect to x.

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
        masked = grad_output * self.mask
        self.grads = {"weights": self.layer.x.T @ masked}
        return masked @ self.weights.T

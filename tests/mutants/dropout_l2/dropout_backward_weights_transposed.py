"""The gradient of the weights is grad_output.T @ x.

Your grads["weights"] is transposed, shape (out_features, in_features). Keep it in the shape of
weights, (in_features, out_features), as layer.backward sets it.

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
        grad_input = self.layer.backward(masked)
        self.grads["weights"] = self.grads["weights"].T
        return grad_input

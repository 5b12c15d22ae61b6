"""I store the layer's weights and bias in __init__ under shorter names.

Your forward and backward pass go on with the weights from when the layer was made, even after
new ones have taken their place. Use self.layer(x) and self.layer.backward, which see the
present ones.

loses: test_dropout_forward (scales), test_dropout_backward (latest)
"""


class Dropout(LayerWrapper):
    def __init__(self, layer, p=0.5):
        super().__init__(layer)
        if not 0 <= p < 1:
            raise ValueError(f"p must lie in [0, 1), got p={p}")
        self.p = p
        self.W = self.layer.weights
        self.b = self.layer.bias

    def __call__(self, x):
        self.x = x
        h = x @ self.W + self.b
        if not self.training:
            self.mask = 1.0
            return h
        self.mask = (np.random.rand(*h.shape) > self.p) / (1 - self.p)
        return h * self.mask

    def backward(self, grad_output):
        g = grad_output * self.mask
        self.grads = {"weights": self.x.T @ g, "bias": g.sum(axis=0, keepdims=True)}
        return g @ self.W.T

"""Computes all three gradients itself and sets the layer's grads."""


class Dropout(LayerWrapper):
    def __init__(self, layer, p=0.5):
        super().__init__(layer)
        if not 0 <= p < 1:
            raise ValueError(f"p must lie in [0, 1), got p={p}")
        self.p = p

    def __call__(self, x):
        self.x = x
        h = np.dot(x, self.layer.weights) + self.layer.bias
        if not self.training:
            self.mask = np.ones_like(h)
            return h
        self.mask = (np.random.rand(*h.shape) > self.p) / (1 - self.p)
        return h * self.mask

    def backward(self, grad_output):
        grad = grad_output * self.mask
        self.layer.grads = {
            "weights": np.dot(self.x.T, grad),
            "bias": np.sum(grad, axis=0, keepdims=True),
        }
        return np.dot(grad, self.layer.weights.T)

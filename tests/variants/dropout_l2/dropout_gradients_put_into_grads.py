"""Computes all gradients itself, and puts the arrays into the dictionary that is there."""


class Dropout(LayerWrapper):
    def __init__(self, layer, p=0.5):
        super().__init__(layer)
        if not 0 <= p < 1:
            raise ValueError(f"p must lie in [0, 1), got p={p}")
        self.p = p

    def __call__(self, x):
        h = self.layer(x)
        self.x, self.mask = x, np.ones_like(h)
        if self.training:
            self.mask = (np.random.rand(*h.shape) >= self.p) / (1 - self.p)
        return h * self.mask

    def backward(self, grad_output):
        masked = grad_output * self.mask
        self.grads["weights"] = self.x.T @ masked
        self.grads["bias"] = masked.sum(axis=0, keepdims=True)
        return masked @ self.weights.T

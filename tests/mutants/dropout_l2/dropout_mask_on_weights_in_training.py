"""Dropout removes connections, that is weights.

Your mask acts on the weights and on their gradient, and no element of the output is dropped.
Put it on layer(x), and on grad_output before layer.backward.

loses: test_dropout_forward (drops, scales, anew, evaluation, keeps),
test_dropout_backward (x, parameters, latest, keeps)
"""


class Dropout(LayerWrapper):
    def __init__(self, layer, p=0.5):
        super().__init__(layer)
        if not 0 <= p < 1:
            raise ValueError(f"p must lie in [0, 1), got p={p}")
        self.p = p

    def __call__(self, x):
        self.x = x
        self.mask = np.ones_like(self.weights)
        if self.training:
            self.mask = (np.random.rand(*self.weights.shape) > self.p) / (1 - self.p)
        return x @ (self.weights * self.mask) + self.bias

    def backward(self, grad_output):
        bias = grad_output.sum(axis=0, keepdims=True)
        self.grads = {"weights": self.x.T @ grad_output * self.mask, "bias": bias}
        return grad_output @ (self.weights * self.mask).T

"""I drop connections, so the mask goes on the weights.

Your mask acts on the weights, so connections are dropped, the same for all rows, and no element
of the output. Put it on layer(x), and on grad_output in the backward pass.

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
        h = self.layer(x)
        if not self.training:
            return h
        self.mask = (np.random.rand(*self.weights.shape) > self.p) / (1 - self.p)
        return x @ (self.weights * self.mask) + self.bias

    def backward(self, grad_output):
        self.layer.backward(grad_output)
        self.grads["weights"] = self.grads["weights"] * self.mask
        return grad_output @ (self.weights * self.mask).T

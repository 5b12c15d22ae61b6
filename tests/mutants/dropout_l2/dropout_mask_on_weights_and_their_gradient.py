"""I drop weights, so I drop their gradient too.

Your mask acts on the weights and on grads["weights"], and no element of the output is dropped.
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
        if not self.training:
            self.mask = 1.0
            return self.layer(x)
        weights = self.weights
        self.mask = (np.random.rand(*weights.shape) > self.p) / (1 - self.p)
        self.layer.weights = weights * self.mask
        y = self.layer(x)
        self.layer.weights = weights
        return y

    def backward(self, grad_output):
        grad_input = self.layer.backward(grad_output)
        self.grads["weights"] = self.grads["weights"] * self.mask
        return grad_input

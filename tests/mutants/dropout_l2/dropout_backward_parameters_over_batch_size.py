"""The gradients of the parameters are means over the batch.

Your grads["weights"] and grads["bias"] are divided by the number of rows. Leave them as the sums
that layer.backward sets: where the loss is a mean, grad_output has the factor 1 / N already.

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
        for name in ("weights", "bias"):
            self.grads[name] = self.grads[name] / len(grad_output)
        return grad_input

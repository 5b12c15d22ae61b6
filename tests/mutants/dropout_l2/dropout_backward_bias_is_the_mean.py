"""The gradient of the bias is the mean over the batch.

Your grads["bias"] is the mean over the rows of the masked and scaled grad_output. Leave it as
the sum, which layer.backward sets: where the loss is a mean, grad_output has the factor 1 / N
already.

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
        g = grad_output * self.mask
        grad_input = self.layer.backward(g)
        self.grads["bias"] = g.mean(axis=0, keepdims=True)
        return grad_input

"""Training ends with the best weights, so evaluation uses those.

In evaluation, your layer uses the weights and the bias of the last training call. They may have
changed since: return self.layer(x).

loses: test_dropout_forward (evaluation), test_dropout_backward (latest)
"""


class Dropout(LayerWrapper):
    def __init__(self, layer, p=0.5):
        super().__init__(layer)
        if not 0 <= p < 1:
            raise ValueError(f"p must lie in [0, 1), got p={p}")
        self.p = p
        self.trained = None

    def __call__(self, x):
        if not self.training and self.trained is not None:
            self.mask = 1.0
            weights, bias = self.trained
            return x @ weights + bias
        h = self.layer(x)
        self.mask = 1.0
        if self.training:
            self.trained = self.weights.copy(), self.bias.copy()
            self.mask = (np.random.rand(*h.shape) > self.p) / (1 - self.p)
        return h * self.mask

    def backward(self, grad_output):
        return self.layer.backward(grad_output * self.mask)

"""The gradient is an average over the batch.

Your backward pass divides grad_output by the number of rows. The loss has taken care of the mean
already: multiply grad_output by the mask and its scale, and by nothing else.

loses: test_dropout_backward (x, parameters)
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
        return self.layer.backward(grad_output * self.mask / len(grad_output))

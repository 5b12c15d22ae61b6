"""If all is dropped, there is nothing to compute.

Where no gradient is left, your backward pass returns before it calls the wrapped layer's, so grads
are missing, or are those of the step before. Call self.layer.backward in each step.

loses: test_dropout_backward (latest)
"""


class Dropout(LayerWrapper):
    def __init__(self, layer, p=0.5):
        super().__init__(layer)
        if not 0 <= p < 1:
            raise ValueError(f"p must lie in [0, 1), got p={p}")
        self.p = p

    def __call__(self, x):
        h = self.layer(x)
        self.x = x
        self.mask = 1.0
        if self.training:
            self.mask = (np.random.rand(*h.shape) > self.p) / (1 - self.p)
        return h * self.mask

    def backward(self, grad_output):
        grad_output = grad_output * self.mask
        if not grad_output.any():
            return np.zeros_like(self.x)
        return self.layer.backward(grad_output)

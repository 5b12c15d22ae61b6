"""I keep the arrays of the gradients from step to step.

Your gradients stand in the same arrays in each step: the next backward pass overwrites those that
the caller has kept. Put new arrays into grads in each call.

loses: test_dropout_backward (keeps)
"""


class Dropout(LayerWrapper):
    def __init__(self, layer, p=0.5):
        super().__init__(layer)
        if not 0 <= p < 1:
            raise ValueError(f"p must lie in [0, 1), got p={p}")
        self.p = p
        self.kept = {}

    def __call__(self, x):
        h = self.layer(x)
        if not self.training:
            self.mask = 1.0
            return h
        self.mask = (np.random.rand(*h.shape) >= self.p) / (1 - self.p)
        return h * self.mask

    def backward(self, grad_output):
        grad_input = self.layer.backward(grad_output * self.mask)
        for name, grad in self.layer.grads.items():
            self.kept.setdefault(name, np.empty(grad.shape))[:] = grad
        self.layer.grads = dict(self.kept)
        return grad_input

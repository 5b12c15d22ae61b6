"""I keep one array for the gradient of x.

Your backward pass returns the same array each time: the next call overwrites what an earlier one
returned. Return a new array from each call.

loses: test_dropout_backward (keeps)
"""


class Dropout(LayerWrapper):
    def __init__(self, layer, p=0.5):
        super().__init__(layer)
        if not 0 <= p < 1:
            raise ValueError(f"p must lie in [0, 1), got p={p}")
        self.p = p
        self.grad_input = None

    def __call__(self, x):
        h = self.layer(x)
        if not self.training:
            self.mask = 1.0
            return h
        self.mask = (np.random.rand(*h.shape) >= self.p) / (1 - self.p)
        return h * self.mask

    def backward(self, grad_output):
        grad_input = self.layer.backward(grad_output * self.mask)
        if self.grad_input is None or self.grad_input.shape != grad_input.shape:
            self.grad_input = np.empty(grad_input.shape)
        self.grad_input[:] = grad_input
        return self.grad_input

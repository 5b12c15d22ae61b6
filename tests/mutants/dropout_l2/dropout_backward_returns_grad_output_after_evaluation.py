"""In evaluation, Dropout does nothing, so the gradient passes through.

After an evaluation pass, your backward pass returns grad_output. The layer is still there: return
layer.backward(grad_output), which also sets grads.

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
        if not self.training:
            self.mask = 1.0
            return h
        self.mask = (np.random.rand(*h.shape) > self.p) / (1 - self.p)
        return h * self.mask

    def backward(self, grad_output):
        if not self.training:
            return grad_output
        return self.layer.backward(grad_output * self.mask)

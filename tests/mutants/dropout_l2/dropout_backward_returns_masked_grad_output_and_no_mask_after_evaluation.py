"""Dropout's gradient is grad_output times the mask, and in evaluation there is nothing to do.

Your backward pass returns the masked grad_output, shape (N, out_features). Give it to
layer.backward and return what comes back: shape (N, in_features). And after an evaluation pass it
finds no mask, or that of an earlier call: there, give grad_output to the wrapped layer as it is.

loses: test_dropout_backward (x, latest)
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
        self.mask = (np.random.rand(*h.shape) > self.p) / (1 - self.p)
        return h * self.mask

    def backward(self, grad_output):
        masked = grad_output * self.mask
        self.layer.backward(masked)
        return masked

"""The gradient of h * mask is grad_output * mask, and in evaluation there is nothing to do.

Your backward pass returns the gradient with respect to layer(x), shape (N, out_features), and
sets no grads. Hand that gradient to layer.backward and return what it gives back. And after an
evaluation pass it finds no mask, or that of an earlier call: there, hand on grad_output itself.

loses: test_dropout_backward (x, parameters, latest, keeps)
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
        return grad_output * self.mask

"""Nothing changes in evaluation, so I compute the output once.

In evaluation, your layer returns an output that it has kept from an earlier call. x or the weights
may be others now: return layer(x) in each call.

loses: test_dropout_forward (evaluation), test_dropout_backward (latest)
"""


class Dropout(LayerWrapper):
    def __init__(self, layer, p=0.5):
        super().__init__(layer)
        if not 0 <= p < 1:
            raise ValueError(f"p must lie in [0, 1), got p={p}")
        self.p = p
        self.h = None

    def __call__(self, x):
        if not self.training:
            self.mask = 1.0
            if self.h is None:
                self.h = self.layer(x)
            return self.h
        h = self.layer(x)
        self.mask = (np.random.rand(*h.shape) > self.p) / (1 - self.p)
        return h * self.mask

    def backward(self, grad_output):
        return self.layer.backward(grad_output * self.mask)

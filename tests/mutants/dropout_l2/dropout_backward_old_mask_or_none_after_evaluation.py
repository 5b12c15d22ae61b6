"""The mask is None until the first training call.

After an evaluation pass, your backward pass still uses the mask of an earlier training call, or has
none. After an evaluation pass, give grad_output to the wrapped layer as it is, without a mask and
without a factor.

loses: test_dropout_backward (latest)
"""


class Dropout(LayerWrapper):
    def __init__(self, layer, p=0.5):
        super().__init__(layer)
        if not 0 <= p < 1:
            raise ValueError(f"p must lie in [0, 1), got p={p}")
        self.p = p
        self.mask = None

    def __call__(self, x):
        h = self.layer(x)
        if self.training:
            self.mask = (np.random.rand(*h.shape) > self.p) / (1 - self.p)
            h = h * self.mask
        return h

    def backward(self, grad_output):
        return self.layer.backward(grad_output * self.mask)

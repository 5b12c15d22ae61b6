"""Each forward pass adds its mask to a list, and backward takes them from its start.

Your backward pass uses the mask of an earlier forward pass, as if masks were queued up. Only the
latest one counts: keep that alone.

loses: test_dropout_backward (latest)
"""


class Dropout(LayerWrapper):
    def __init__(self, layer, p=0.5):
        super().__init__(layer)
        if not 0 <= p < 1:
            raise ValueError(f"p must lie in [0, 1), got p={p}")
        self.p = p
        self.masks = []

    def __call__(self, x):
        h = self.layer(x)
        if not self.training:
            self.masks.append(1.0)
            return h
        self.masks.append((np.random.rand(*h.shape) > self.p) / (1 - self.p))
        return h * self.masks[-1]

    def backward(self, grad_output):
        return self.layer.backward(grad_output * self.masks.pop(0))

"""I keep the masks in a list, and stop at 100 so that memory is not filled.

After some time your backward pass goes on with an old mask. Only the latest one counts: keep that
alone, in a plain attribute.

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
        mask = np.ones(h.shape)
        if self.training:
            mask = (np.random.rand(*h.shape) > self.p) / (1 - self.p)
        if len(self.masks) < 100:
            self.masks.append(mask)
        return h * mask

    def backward(self, grad_output):
        return self.layer.backward(grad_output * self.masks[-1])

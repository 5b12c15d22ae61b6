"""I divide by the share that was really kept.

Your scale is the share of elements that this mask has kept, which varies from call to call, and is 0
if all are dropped. Divide by 1 - p.

loses: test_dropout_forward (scales)
"""


class Dropout(LayerWrapper):
    def __init__(self, layer, p=0.5):
        super().__init__(layer)
        if not 0 <= p < 1:
            raise ValueError(f"p must lie in [0, 1), got p={p}")
        self.p = p

    def __call__(self, x):
        h = self.layer(x)
        self.mask = 1.0
        if self.training:
            keep = np.random.rand(*h.shape) > self.p
            self.mask = keep / keep.mean()
        return h * self.mask

    def backward(self, grad_output):
        return self.layer.backward(grad_output * self.mask)

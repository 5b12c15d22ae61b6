"""Dropout matters most at the start, so I drop less with each call.

Use the p that was given, in every call: your drop rate and scale become smaller with each training
call, as if p shrank.

loses: test_dropout_forward (drops)
"""


class Dropout(LayerWrapper):
    def __init__(self, layer, p=0.5):
        super().__init__(layer)
        if not 0 <= p < 1:
            raise ValueError(f"p must lie in [0, 1), got p={p}")
        self.p = p
        self.calls = 0

    def __call__(self, x):
        h = self.layer(x)
        if not self.training:
            self.mask = 1.0
            return h
        rate = self.p * 0.9**self.calls
        self.calls += 1
        self.mask = (np.random.rand(*h.shape) > rate) / (1 - rate)
        return h * self.mask

    def backward(self, grad_output):
        return self.layer.backward(grad_output * self.mask)

"""In evaluation the scale is 1, so I set it to 1.

Your layer drops but scales no more once it was called with training = False. Change nothing for
good in evaluation: compute the scale from self.p in each training call.

loses: test_dropout_forward (scales)
"""


class Dropout(LayerWrapper):
    def __init__(self, layer, p=0.5):
        super().__init__(layer)
        if not 0 <= p < 1:
            raise ValueError(f"p must lie in [0, 1), got p={p}")
        self.p = p
        self.scale = 1 / (1 - p) if p < 1 else 0.0

    def __call__(self, x):
        h = self.layer(x)
        if not self.training:
            self.scale = self.mask = 1.0
            return h
        self.mask = (np.random.rand(*h.shape) > self.p) * self.scale
        return h * self.mask

    def backward(self, grad_output):
        return self.layer.backward(grad_output * self.mask)

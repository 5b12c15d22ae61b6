"""Dropout means that every second element goes.

Your layer drops half of the elements and multiplies the others by 2, whatever p is. Use self.p
in both: drop with probability p, and divide what is kept by 1 - p.

loses: test_dropout_forward (drops, scales)
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
            self.mask = 1.0
            return h
        self.mask = (np.random.rand(*h.shape) > 0.5) / 0.5
        return h * self.mask

    def backward(self, grad_output):
        return self.layer.backward(grad_output * self.mask)

"""Dropout multiplies by a mask of zeros and ones.

Your layer drops elements even when not training, and does not scale those that it keeps.
First, return layer(x) unchanged when self.training is False. Then divide what is kept in
training by 1 - p.

loses: test_dropout_forward (scales, evaluation)
"""


class Dropout(LayerWrapper):
    def __init__(self, layer, p=0.5):
        super().__init__(layer)
        if not 0 <= p < 1:
            raise ValueError(f"p must lie in [0, 1), got p={p}")
        self.p = p

    def __call__(self, x):
        h = self.layer(x)
        self.mask = np.random.rand(*h.shape) > self.p
        return h * self.mask

    def backward(self, grad_output):
        return self.layer.backward(grad_output * self.mask)

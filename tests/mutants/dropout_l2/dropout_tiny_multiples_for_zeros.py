"""I multiply by 1e-8 in place of zero, for numerical stability.

Your dropped elements are tiny multiples of layer(x), not 0. Make them exactly 0, so that
nothing of them is passed on and no gradient flows through them.

loses: test_dropout_forward (drops, scales, anew, evaluation, keeps)
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
        self.mask = np.where(np.random.rand(*h.shape) > self.p, 1 / (1 - self.p), 1e-8)
        return h * self.mask

    def backward(self, grad_output):
        return self.layer.backward(grad_output * self.mask)

"""I draw a mask once, and shuffle it in each call.

Your layer drops the same number of elements in every call, as if one mask were shuffled again and
again. Draw a number for each element in each call, so that the count is left to chance.

loses: test_dropout_forward (drops)
"""


class Dropout(LayerWrapper):
    def __init__(self, layer, p=0.5):
        super().__init__(layer)
        if not 0 <= p < 1:
            raise ValueError(f"p must lie in [0, 1), got p={p}")
        self.p = p
        self.drawn = None

    def __call__(self, x):
        h = self.layer(x)
        self.mask = np.ones_like(h)
        if self.training:
            if self.drawn is None or self.drawn.size != h.size:
                self.drawn = (np.random.rand(h.size) > self.p) / (1 - self.p)
            np.random.shuffle(self.drawn)
            self.mask = self.drawn.reshape(h.shape).copy()
        return h * self.mask

    def backward(self, grad_output):
        return self.layer.backward(grad_output * self.mask)

"""An output of zeros is useless, so I draw until something is kept.

You draw again where all elements were dropped, so a small output is dropped too rarely. Draw once in each
training call, and take what comes.

loses: test_dropout_forward (drops)
"""


class Dropout(LayerWrapper):
    def __init__(self, layer, p=0.5):
        super().__init__(layer)
        if not 0 <= p < 1:
            raise ValueError(f"p must lie in [0, 1), got p={p}")
        self.p = p

    def __call__(self, x):
        h = self.layer(x)
        self.mask = np.ones(h.shape)
        if self.training:
            kept = np.random.random(h.shape) >= self.p
            while not kept.any() and h.size > 1:
                kept = np.random.random(h.shape) >= self.p
            self.mask = kept / (1 - self.p)
        return h * self.mask

    def backward(self, grad_output):
        return self.layer.backward(grad_output * self.mask)

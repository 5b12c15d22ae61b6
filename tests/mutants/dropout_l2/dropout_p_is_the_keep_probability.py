"""In the 2014 paper p is the probability of keeping a unit, so here too.

Your layer takes p as the probability of keeping: it drops with probability 1 - p and divides by
p. Here p is the probability of zeroing: drop with p and divide by 1 - p.

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
        self.mask = (np.random.rand(*h.shape) < self.p) / self.p
        return h * self.mask

    def backward(self, grad_output):
        return self.layer.backward(grad_output * self.mask)

"""I choose p * size positions with np.random.choice and set them to zero.

Your layer drops too few elements, as if it drew the share p of all positions but some of them
twice. Draw a number for each element instead: it is dropped with probability p.

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
        if not self.training:
            self.mask = 1.0
            return h
        mask = np.ones(h.size)
        mask[np.random.choice(h.size, size=int(round(self.p * h.size)))] = 0
        self.mask = mask.reshape(h.shape) / (1 - self.p)
        return h * self.mask

    def backward(self, grad_output):
        return self.layer.backward(grad_output * self.mask)

"""One of ten numbers decides for each element.

Your layer drops with p cut to a multiple of 0.1, so a p of 0.05 drops nothing. Draw a random number in
[0, 1) for each element, and compare it with p itself.

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
            self.mask = (np.random.randint(10, size=h.shape) >= int(self.p * 10)) / (1 - self.p)
        return h * self.mask

    def backward(self, grad_output):
        return self.layer.backward(grad_output * self.mask)

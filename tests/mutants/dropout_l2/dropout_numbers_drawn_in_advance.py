"""I draw 100 000 random numbers in __init__ and go round in them, which is fast.

Your layer uses random numbers more than once, so its masks depend on those of earlier calls.
Draw new numbers in each training call.

loses: test_dropout_forward (anew)
"""


class Dropout(LayerWrapper):
    def __init__(self, layer, p=0.5):
        super().__init__(layer)
        if not 0 <= p < 1:
            raise ValueError(f"p must lie in [0, 1), got p={p}")
        self.p = p
        self.numbers = np.random.rand(100_000)
        self.place = 0

    def __call__(self, x):
        h = self.layer(x)
        if not self.training:
            self.mask = 1.0
            return h
        places = np.arange(self.place, self.place + h.size) % self.numbers.size
        self.place += h.size
        self.mask = (self.numbers[places].reshape(h.shape) > self.p) / (1 - self.p)
        return h * self.mask

    def backward(self, grad_output):
        return self.layer.backward(grad_output * self.mask)

"""Draws many numbers at once, uses each of them once, and then draws the next."""


class Dropout(LayerWrapper):
    def __init__(self, layer, p=0.5):
        super().__init__(layer)
        if not 0 <= p < 1:
            raise ValueError(f"p must lie in [0, 1), got p={p}")
        self.p = p
        self.numbers = np.empty(0)

    def __call__(self, x):
        h = self.layer(x)
        if not self.training:
            self.mask = 1.0
            return h
        while self.numbers.size < h.size:
            self.numbers = np.append(self.numbers, np.random.rand(2**14))
        used, self.numbers = np.split(self.numbers, [h.size])
        self.mask = (used.reshape(h.shape) >= self.p) / (1 - self.p)
        return h * self.mask

    def backward(self, grad_output):
        return self.layer.backward(grad_output * self.mask)

"""Has a small generator of its own, started by chance."""


class Dropout(LayerWrapper):
    def uniform(self):
        self.state = 48271 * int(self.state) % (2**31 - 1)
        return self.state / (2**31 - 1)

    def __init__(self, layer, p=0.5):
        super().__init__(layer)
        if not 0 <= p < 1:
            raise ValueError(f"p must lie in [0, 1), got p={p}")
        self.p = p
        self.state = np.random.randint(1, 2**31 - 1)

    def __call__(self, x):
        h = self.layer(x)
        if not self.training:
            self.mask = np.ones_like(h)
            return h
        numbers = np.array([self.uniform() for _ in range(h.size)])
        self.mask = (numbers.reshape(h.shape) >= self.p) / (1 - self.p)
        return h * self.mask

    def backward(self, grad_output):
        return self.layer.backward(grad_output * self.mask)

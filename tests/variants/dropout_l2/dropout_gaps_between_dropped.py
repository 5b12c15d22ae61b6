"""Draws how far it is from one dropped element to the next."""


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
        self.mask = np.full(h.shape, 1 / (1 - self.p))
        place = -1
        while self.p:
            place += np.random.geometric(self.p)
            if place >= h.size:
                break
            self.mask.flat[place] = 0
        return h * self.mask

    def backward(self, grad_output):
        return self.layer.backward(grad_output * self.mask)

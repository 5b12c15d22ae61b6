"""Draws and applies the mask in functions outside the class."""


def draw_mask(shape, p):
    return np.random.rand(*shape) > p


def apply_mask(values, mask, p):
    return values * mask / (1 - p)


class Dropout(LayerWrapper):
    def __init__(self, layer, p=0.5):
        super().__init__(layer)
        if not 0 <= p < 1:
            raise ValueError(f"p must lie in [0, 1), got p={p}")
        self.p = p

    def __call__(self, x):
        h = self.layer(x)
        if not self.training:
            self.mask = None
            return h
        self.mask = draw_mask(h.shape, self.p)
        return apply_mask(h, self.mask, self.p)

    def backward(self, grad_output):
        if self.mask is None:
            return self.layer.backward(grad_output)
        return self.layer.backward(apply_mask(grad_output, self.mask, self.p))

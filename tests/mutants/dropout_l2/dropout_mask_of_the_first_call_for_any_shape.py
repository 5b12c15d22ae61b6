"""I draw the mask once, when there is none yet.

Your layer keeps the mask of its first training call, and another batch size does not fit it. Draw
a new mask in each training call, of the shape of layer(x).

loses: test_dropout_forward (anew)
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
            if self.drawn is None:
                self.drawn = (np.random.rand(*h.shape) > self.p) / (1 - self.p)
            self.mask = self.drawn
        return h * self.mask

    def backward(self, grad_output):
        return self.layer.backward(grad_output * self.mask)

"""I keep the mask, so that training goes on after evaluation where it was.

Your first training call after evaluation uses the mask from before it. Draw a new mask in each
training call, whatever came before it.

loses: test_dropout_forward (anew)
"""


class Dropout(LayerWrapper):
    def __init__(self, layer, p=0.5):
        super().__init__(layer)
        if not 0 <= p < 1:
            raise ValueError(f"p must lie in [0, 1), got p={p}")
        self.p = p
        self.drawn, self.evaluated = None, False

    def __call__(self, x):
        h = self.layer(x)
        if not self.training:
            self.evaluated, self.mask = True, 1.0
            return h
        if not self.evaluated or np.shape(self.drawn) != h.shape:
            self.drawn = (np.random.rand(*h.shape) > self.p) / (1 - self.p)
        self.evaluated, self.mask = False, self.drawn
        return h * self.mask

    def backward(self, grad_output):
        return self.layer.backward(grad_output * self.mask)

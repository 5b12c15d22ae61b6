"""I draw a mask at the start of each epoch, after the evaluation.

Your layer draws a new mask only after evaluation. Draw a new mask in each training call,
whatever came before it.

loses: test_dropout_forward (anew)
"""


class Dropout(LayerWrapper):
    def __init__(self, layer, p=0.5):
        super().__init__(layer)
        if not 0 <= p < 1:
            raise ValueError(f"p must lie in [0, 1), got p={p}")
        self.p = p
        self.mask = None

    def __call__(self, x):
        h = self.layer(x)
        if not self.training:
            self.mask = 1.0
            return h
        if np.shape(self.mask) != h.shape:
            self.mask = (np.random.rand(*h.shape) > self.p) / (1 - self.p)
        return h * self.mask

    def backward(self, grad_output):
        return self.layer.backward(grad_output * self.mask)

"""I draw a mask if there is none, and set it to ones in evaluation.

Your layer draws a mask only if it has none of that shape, so each training call drops the same
elements, and after evaluation none. Draw a new mask in each training call.

loses: test_dropout_forward (anew, evaluation)
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
            self.mask = np.ones_like(h)
        elif not hasattr(self, "mask") or self.mask.shape != h.shape:
            self.mask = (np.random.rand(*h.shape) > self.p) / (1 - self.p)
        return h * self.mask

    def backward(self, grad_output):
        return self.layer.backward(grad_output * self.mask)

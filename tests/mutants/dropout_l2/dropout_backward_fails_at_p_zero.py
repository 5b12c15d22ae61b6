"""With p = 0 there is nothing to drop, so no mask is needed.

Your backward pass fails if p = 0, which is allowed: there is no mask then. Set a mask of ones in
this case too, or call layer.backward(grad_output).

loses: test_dropout_backward (keeps)
"""


class Dropout(LayerWrapper):
    def __init__(self, layer, p=0.5):
        super().__init__(layer)
        if not 0 <= p < 1:
            raise ValueError(f"p must lie in [0, 1), got p={p}")
        self.p = p

    def __call__(self, x):
        h = self.layer(x)
        if self.training and self.p > 0:
            self.mask = (np.random.rand(*h.shape) > self.p) / (1 - self.p)
            return h * self.mask
        return h

    def backward(self, grad_output):
        if self.training:
            grad_output = grad_output * self.mask
        return self.layer.backward(grad_output)

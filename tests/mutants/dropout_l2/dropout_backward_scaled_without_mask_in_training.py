"""In training, the gradient is scaled as the output is.

Your backward pass has the scale but not the mask: the gradient also flows through dropped
elements. Multiply grad_output by the very array by which the forward pass multiplied.

loses: test_dropout_backward (x, parameters, latest, keeps)
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
            self.mask = 1.0
            return h
        self.mask = (np.random.rand(*h.shape) > self.p) / (1 - self.p)
        return h * self.mask

    def backward(self, grad_output):
        if self.training:
            grad_output = grad_output / (1 - self.p)
        return self.layer.backward(grad_output)

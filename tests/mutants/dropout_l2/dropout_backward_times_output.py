"""The mask is in the output, so I multiply by the output.

Your backward pass multiplies grad_output by the forward pass's output, or by a mask that has
been overwritten with it. Multiply by the mask and its scale alone, and let no *= change that
array.

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
        self.mask *= h
        return self.mask.copy()

    def backward(self, grad_output):
        return self.layer.backward(grad_output * self.mask)

"""The gradient is grad_output times what the layer returned.

Your backward pass multiplies grad_output by the forward pass's output, after an evaluation pass
too. Multiply by the mask and its scale alone, and by nothing after an evaluation pass.

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
        if self.training:
            h = h * (np.random.rand(*h.shape) > self.p) / (1 - self.p)
        self.y = h.copy()
        return h

    def backward(self, grad_output):
        return self.layer.backward(grad_output * self.y)

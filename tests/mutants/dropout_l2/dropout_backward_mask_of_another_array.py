"""The mask has a name, so I use it in backward, too.

Multiply grad_output by the mask that the forward pass keeps on self, before layer.backward. Your
backward pass multiplies arrays whose shapes do not fit: a plain `mask`, say, is another array.

loses: test_dropout_backward (x, parameters, latest, keeps)
"""

mask = np.random.rand(2, 3) > 0.5


class Dropout(LayerWrapper):
    def __init__(self, layer, p=0.5):
        super().__init__(layer)
        if not 0 <= p < 1:
            raise ValueError(f"p must lie in [0, 1), got p={p}")
        self.p = p

    def __call__(self, x):
        h = self.layer(x)
        self.mask = np.ones_like(h)
        if self.training:
            self.mask = (np.random.rand(*h.shape) > self.p) / (1 - self.p)
        return h * self.mask

    def backward(self, grad_output):
        return self.layer.backward(grad_output * mask)

"""I scale x @ weights, then add the bias and drop.

Your kept elements are x @ weights / (1 - p) + bias: the bias is left unscaled. Multiply the
whole of layer(x), bias included, by mask and scale.

loses: test_dropout_forward (scales)
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
        mask = np.random.rand(*h.shape) > self.p
        self.mask = mask / (1 - self.p)
        return ((h - self.bias) / (1 - self.p) + self.bias) * mask

    def backward(self, grad_output):
        return self.layer.backward(grad_output * self.mask)

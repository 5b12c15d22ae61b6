"""I multiply by the mask: h * self.mask.

Your forward pass drops nothing: while training it returns layer(x) as it is, although your
backward pass applies a mask. A product does not change its factors: return layer(x) * mask.

loses: test_dropout_forward (drops, scales, anew, evaluation, keeps),
test_dropout_backward (x, parameters, latest, keeps)
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
        np.multiply(h, self.mask)
        return h

    def backward(self, grad_output):
        return self.layer.backward(grad_output * self.mask)

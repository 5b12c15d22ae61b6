"""The mask is multiplied, then divided by 1 - p, in both methods.

Your forward pass never drops an element, and neither does your backward pass: * and / come before
-, so both subtract p at the end. Put 1 - p in parentheses: h * mask / (1 - p).

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
        self.mask = np.ones_like(h)
        if self.training:
            self.mask = np.random.rand(*h.shape) > self.p
            return h * self.mask / 1 - self.p
        return h

    def backward(self, grad_output):
        return self.layer.backward(grad_output * self.mask / 1 - self.p)

"""The bias is no connection, so it is never dropped.

Your mask acts on x @ weights alone: a dropped element is still the bias, not 0. Apply the mask to
the whole of layer(x), as your backward pass has it.

loses: test_dropout_forward (drops, scales, anew, evaluation, keeps)
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
            self.mask = (np.random.rand(*h.shape) > self.p) / (1 - self.p)
        return (h - self.bias) * self.mask + self.bias

    def backward(self, grad_output):
        return self.layer.backward(grad_output * self.mask)

"""The mask stays until its backward pass has used it.

Your forward pass drops nothing until the backward pass of the call before it. A training call
draws a mask whatever came before: forward passes may follow each other.

loses: test_dropout_forward (drops)
"""


class Dropout(LayerWrapper):
    def __init__(self, layer, p=0.5):
        super().__init__(layer)
        if not 0 <= p < 1:
            raise ValueError(f"p must lie in [0, 1), got p={p}")
        self.p = p
        self.waits = False

    def __call__(self, x):
        h = self.layer(x)
        if not self.training:
            self.mask = 1.0
            return h
        self.mask = (np.random.rand(*h.shape) >= self.p) / (1 - self.p)
        if self.waits:
            self.mask = np.ones(h.shape)
        self.waits = True
        return h * self.mask

    def backward(self, grad_output):
        self.waits = False
        return self.layer.backward(grad_output * self.mask)

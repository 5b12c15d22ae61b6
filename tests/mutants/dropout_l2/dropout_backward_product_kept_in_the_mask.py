"""I multiply the mask by grad_output, and need no other array.

Your backward pass multiplies the stored mask by grad_output in place, so a second backward pass has
another mask. Compute grad_output * mask as a new array.

loses: test_dropout_backward (latest)
"""


class Dropout(LayerWrapper):
    def __init__(self, layer, p=0.5):
        super().__init__(layer)
        if not 0 <= p < 1:
            raise ValueError(f"p must lie in [0, 1), got p={p}")
        self.p = p

    def __call__(self, x):
        h = self.layer(x)
        self.mask = np.ones(h.shape)
        if self.training:
            self.mask = (np.random.random(h.shape) >= self.p) / (1 - self.p)
        return h * self.mask

    def backward(self, grad_output):
        self.mask *= grad_output
        return self.layer.backward(self.mask)

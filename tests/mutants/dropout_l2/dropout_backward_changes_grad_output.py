"""I multiply in place, that saves a copy.

Your backward pass changes the array grad_output, which belongs to the caller. Write the product
with the mask into a new array.

loses: test_dropout_backward (keeps)
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
        grad_output *= self.mask
        return self.layer.backward(grad_output)

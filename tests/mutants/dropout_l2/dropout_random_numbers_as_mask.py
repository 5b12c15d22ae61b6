"""What is not below p stays in the mask as it was drawn.

Your kept elements are multiplied by the random numbers themselves. A mask is made of zeros and
ones only: compare the random numbers with p, and multiply by what comes out.

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
        mask = np.random.rand(*h.shape)
        mask[mask < self.p] = 0
        self.mask = mask / (1 - self.p)
        return h * self.mask

    def backward(self, grad_output):
        return self.layer.backward(grad_output * self.mask)

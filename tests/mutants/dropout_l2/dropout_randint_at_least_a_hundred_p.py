"""A random number from 0 to 99 for each element, compared with 100 * p, is precise enough.

Your drop rate is not p but p rounded up to a hundredth, as if the random numbers were whole numbers
below 100: draw numbers between 0 and 1 that may have any value, as np.random.rand does.

loses: test_dropout_forward (drops)
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
            self.mask = (np.random.randint(0, 100, h.shape) >= 100 * self.p) / (1 - self.p)
        return h * self.mask

    def backward(self, grad_output):
        return self.layer.backward(grad_output * self.mask)

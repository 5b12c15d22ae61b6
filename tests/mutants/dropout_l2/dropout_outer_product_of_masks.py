"""I draw one mask for the rows and one for the columns and multiply them.

Elements of your masks share their fate: whole rows and units are dropped together, or one row of
numbers is used again for others. Draw a number for each element, in the shape of layer(x).

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
        if not self.training:
            self.mask = 1.0
            return h
        samples, units = h.shape
        keep = np.sqrt(1 - self.p)  # twice, so that 1 - p of the elements stay
        mask = np.outer(np.random.rand(samples) < keep, np.random.rand(units) < keep)
        self.mask = mask / (1 - self.p)
        return h * self.mask

    def backward(self, grad_output):
        return self.layer.backward(grad_output * self.mask)

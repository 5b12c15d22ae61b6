"""I set the seed in evaluation, so that each epoch is reproducible.

After each evaluation, your layer draws the same masks again, as if the seed were set there.
Set no seed in the layer: let the random numbers run on from call to call.

loses: test_dropout_forward (anew)
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
            np.random.seed(42)
            return h
        self.mask = (np.random.rand(*h.shape) > self.p) / (1 - self.p)
        return h * self.mask

    def backward(self, grad_output):
        return self.layer.backward(grad_output * self.mask)

"""I squeeze the output, to get rid of empty axes.

Return the output with both axes: your layer loses axes of length 1. For one row the shape is
(1, out_features), for one unit (N, 1). Leave out np.squeeze, or what does the same.

loses: test_dropout_forward (scales, evaluation)
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
        return np.squeeze(h * self.mask)

    def backward(self, grad_output):
        return self.layer.backward(grad_output * self.mask)

"""I squeeze what the layer gives me, to get rid of empty axes.

Your layer loses axes of length 1: for one row the output's shape is (out_features,), not (1,
out_features). Keep both axes in both passes; the mask has the shape of layer(x).

loses: test_dropout_forward (scales), test_dropout_backward (x, parameters)
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
        h = np.squeeze(h)
        self.mask = (np.random.rand(*h.shape) > self.p) / (1 - self.p)
        return h * self.mask

    def backward(self, grad_output):
        return self.layer.backward(np.squeeze(grad_output) * self.mask)

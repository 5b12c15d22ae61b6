"""I scale x itself and then drop from the layer's output.

Your forward pass divides the caller's array x by 1 - p, in place, and leaves the bias unscaled.
Leave x as it is and scale the whole of layer(x) in a new array.

loses: test_dropout_forward (scales, keeps), test_dropout_backward (parameters)
"""


class Dropout(LayerWrapper):
    def __init__(self, layer, p=0.5):
        super().__init__(layer)
        if not 0 <= p < 1:
            raise ValueError(f"p must lie in [0, 1), got p={p}")
        self.p = p

    def __call__(self, x):
        if not self.training:
            self.mask = None
            return self.layer(x)
        x /= 1 - self.p
        h = self.layer(x)
        self.mask = np.random.rand(*h.shape) > self.p
        return h * self.mask

    def backward(self, grad_output):
        if self.mask is None:
            return self.layer.backward(grad_output)
        return self.layer.backward(grad_output * self.mask) / (1 - self.p)

"""The mask is an attribute of the class.

Your backward pass uses the mask of whichever Dropout layer ran last: all of them share one.
Keep each layer's mask on its own self, not on the class or in a global variable.

loses: test_dropout_backward (keeps)
"""


class Dropout(LayerWrapper):
    mask = None

    def __init__(self, layer, p=0.5):
        super().__init__(layer)
        if not 0 <= p < 1:
            raise ValueError(f"p must lie in [0, 1), got p={p}")
        self.p = p

    def __call__(self, x):
        h = self.layer(x)
        if not self.training:
            Dropout.mask = 1.0
            return h
        Dropout.mask = (np.random.rand(*h.shape) > self.p) / (1 - self.p)
        return h * Dropout.mask

    def backward(self, grad_output):
        return self.layer.backward(grad_output * Dropout.mask)

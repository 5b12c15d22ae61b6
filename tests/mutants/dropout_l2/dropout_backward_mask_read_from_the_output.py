"""What is not zero in the output was kept.

Your backward pass stops the gradient wherever the output is 0. An element of layer(x) may be 0 by
itself, and be kept: keep the mask that the forward pass drew.

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
        if not self.training:
            self.mask = 1.0
            return h
        y = h * (np.random.rand(*h.shape) > self.p) / (1 - self.p)
        self.mask = (y != 0) / (1 - self.p)
        return y

    def backward(self, grad_output):
        return self.layer.backward(grad_output * self.mask)

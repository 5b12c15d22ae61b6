"""The loss is a mean over the batch, so I divide by its size.

Your grad_input is divided by the number of rows. Return it as layer.backward gives it: where
the loss is a mean, grad_output has the factor 1 / N already.

loses: test_dropout_backward (x)
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
        return self.layer.backward(grad_output * self.mask) / len(grad_output)

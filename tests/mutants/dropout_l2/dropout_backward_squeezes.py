"""I squeeze the gradient to get rid of empty axes.

Your grad_input loses every axis of length 1: for one row its shape is (in_features,). Return it
as layer.backward gives it, shape (N, in_features) for any N.

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
        return np.squeeze(self.layer.backward(grad_output * self.mask))

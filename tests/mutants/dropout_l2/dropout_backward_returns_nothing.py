"""The layer keeps its gradients, so I do not return anything.

Your backward pass sets grads but returns None. Return the gradient with respect to x, shape (N,
in_features), which the wrapped layer's backward gives you.

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
        self.layer.backward(grad_output * self.mask)

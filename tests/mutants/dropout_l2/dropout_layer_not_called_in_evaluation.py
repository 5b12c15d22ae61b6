"""In evaluation I compute the output myself.

In evaluation, your forward pass does not call the wrapped layer, which then does not know x when
its backward pass needs it. Call self.layer(x) there, too.

loses: test_dropout_backward (latest)
"""


class Dropout(LayerWrapper):
    def __init__(self, layer, p=0.5):
        super().__init__(layer)
        if not 0 <= p < 1:
            raise ValueError(f"p must lie in [0, 1), got p={p}")
        self.p = p

    def __call__(self, x):
        if not self.training:
            self.mask = 1.0
            return x @ self.weights + self.bias
        h = self.layer(x)
        self.mask = (np.random.rand(*h.shape) > self.p) / (1 - self.p)
        return h * self.mask

    def backward(self, grad_output):
        return self.layer.backward(grad_output * self.mask)

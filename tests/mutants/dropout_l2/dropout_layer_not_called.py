"""I know the weights and the bias, so I compute the output myself.

Your forward pass computes layer(x) by itself, so the wrapped layer does not know x when its backward
pass needs it. Call self.layer(x).

loses: test_dropout_backward (x, parameters, latest, keeps)
"""


class Dropout(LayerWrapper):
    def __init__(self, layer, p=0.5):
        super().__init__(layer)
        if not 0 <= p < 1:
            raise ValueError(f"p must lie in [0, 1), got p={p}")
        self.p = p

    def __call__(self, x):
        h = x @ self.weights + self.bias
        self.mask = np.ones_like(h)
        if self.training:
            self.mask = (np.random.rand(*h.shape) > self.p) / (1 - self.p)
        return h * self.mask

    def backward(self, grad_output):
        return self.layer.backward(grad_output * self.mask)

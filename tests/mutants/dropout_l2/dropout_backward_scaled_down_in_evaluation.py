"""In evaluation the gradient must be as large as in training on average.

After an evaluation pass, your backward pass multiplies the gradient by 1 - p. Give grad_output to the
wrapped layer as it is there.

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
        self.mask = np.ones(h.shape)
        if self.training:
            self.mask = (np.random.random(h.shape) >= self.p) / (1 - self.p)
        return h * self.mask

    def backward(self, grad_output):
        if not self.training:
            return self.layer.backward(grad_output * (1 - self.p))
        return self.layer.backward(grad_output * self.mask)

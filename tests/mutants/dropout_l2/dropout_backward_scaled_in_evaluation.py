"""Backward divides by 1 - p without asking whether the layer was training.

After an evaluation pass, your backward pass still divides by 1 - p. Nothing was scaled there: hand
grad_output to layer.backward as it is.

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
        self.mask = np.ones_like(h)
        if self.training:
            self.mask = np.random.rand(*h.shape) > self.p
            return h * self.mask / (1 - self.p)
        return h

    def backward(self, grad_output):
        return self.layer.backward(grad_output * self.mask / (1 - self.p))

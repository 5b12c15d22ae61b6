"""Whoever calls the layer says whether it is training; usually it is.

Look at self.training in each call, and return layer(x) unchanged when it is False. Your layer goes
by an argument of __call__, which nobody passes, so it drops elements even when not training.

loses: test_dropout_forward (evaluation)
"""


class Dropout(LayerWrapper):
    def __init__(self, layer, p=0.5):
        super().__init__(layer)
        if not 0 <= p < 1:
            raise ValueError(f"p must lie in [0, 1), got p={p}")
        self.p = p

    def __call__(self, x, training=True):
        h = self.layer(x)
        self.mask = np.ones_like(h)
        if training:
            self.mask = (np.random.rand(*h.shape) > self.p) / (1 - self.p)
        return h * self.mask

    def backward(self, grad_output):
        return self.layer.backward(grad_output * self.mask)

"""I call the base class's __init__, as one always does.

Your __init__ calls super().__init__() without the layer, so no layer can be made. Leave __init__ as the
notebook gives it: super().__init__(layer).

loses: test_dropout_forward (drops, scales, anew, evaluation, keeps), test_dropout_backward (x, parameters, latest, keeps)
"""


class Dropout(LayerWrapper):
    def __init__(self, layer, p=0.5):
        super().__init__()
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
        return self.layer.backward(grad_output * self.mask)

"""p is a float, so I refuse all else.

Your __init__ refuses a whole number, such as p=0, which is a probability like any other. Refuse only
what does not lie in [0, 1), and do not ask for the type.

loses: test_dropout_forward (keeps)
"""


class Dropout(LayerWrapper):
    def __init__(self, layer, p=0.5):
        super().__init__(layer)
        if not isinstance(p, float) or not 0 <= p < 1:
            raise ValueError(f"p must be a float in [0, 1), got p={p}")
        self.p = p

    def __call__(self, x):
        h = self.layer(x)
        self.mask = 1.0
        if self.training:
            self.mask = (np.random.rand(*h.shape) > self.p) / (1 - self.p)
        return h * self.mask

    def backward(self, grad_output):
        return self.layer.backward(grad_output * self.mask)

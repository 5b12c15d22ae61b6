"""backward must know whether the latest call has dropped something.

Your layers share one flag, on the class: after an evaluation pass of one layer, the backward pass of
another one leaves out its mask. Keep on self what belongs to one layer.

loses: test_dropout_backward (keeps)
"""


class Dropout(LayerWrapper):
    def __init__(self, layer, p=0.5):
        super().__init__(layer)
        if not 0 <= p < 1:
            raise ValueError(f"p must lie in [0, 1), got p={p}")
        self.p = p

    def __call__(self, x):
        h = self.layer(x)
        Dropout.has_dropped = self.training
        if not self.training:
            return h
        self.mask = (np.random.rand(*h.shape) > self.p) / (1 - self.p)
        return h * self.mask

    def backward(self, grad_output):
        if Dropout.has_dropped:
            grad_output = grad_output * self.mask
        return self.layer.backward(grad_output)

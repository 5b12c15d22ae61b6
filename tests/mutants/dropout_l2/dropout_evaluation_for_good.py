"""In evaluation mode I set p to zero.

Your layer never drops again once it was called with training = False. Change nothing for good
in evaluation, p included: look at self.training in each call.

loses: test_dropout_forward (evaluation)
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
            self.p = 0
        self.mask = (np.random.rand(*h.shape) >= self.p) / (1 - self.p)
        return h * self.mask

    def backward(self, grad_output):
        return self.layer.backward(grad_output * self.mask)

"""I need no base class, a layer and a mask are enough.

Your Dropout does not pass the wrapped layer's weights, bias, parameters and grads on, so a Model
cannot train it. Derive it from LayerWrapper, which does so.

loses: test_dropout_forward (scales), test_dropout_backward (latest)
"""


class Dropout:
    def __init__(self, layer, p=0.5):
        if not 0 <= p < 1:
            raise ValueError(f"p must lie in [0, 1), got p={p}")
        self.layer = layer
        self.training = True
        self.p = p

    def __call__(self, x):
        h = self.layer(x)
        if not self.training:
            self.mask = 1.0
            return h
        self.mask = (np.random.rand(*h.shape) > self.p) / (1 - self.p)
        return h * self.mask

    def backward(self, grad_output):
        return self.layer.backward(grad_output * self.mask)

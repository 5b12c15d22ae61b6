"""Gradients add up until somebody sets them to zero.

Your backward pass adds its gradients to those of the pass before. Set grads anew in each
backward pass: layer.backward does so, and nothing needs to be added to what it sets.

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
        if not self.training:
            self.mask = 1.0
            return h
        self.mask = (np.random.rand(*h.shape) > self.p) / (1 - self.p)
        return h * self.mask

    def backward(self, grad_output):
        old = self.grads
        grad_input = self.layer.backward(grad_output * self.mask)
        if old:
            self.grads = {name: old[name] + self.grads[name] for name in old}
        return grad_input

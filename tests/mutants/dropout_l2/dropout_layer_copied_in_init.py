"""I copy the layer, so that nobody else changes it.

Your layer works on a copy of the wrapped layer, so it does not see weights and biases that are
set there, and gradients do not reach it. Keep the layer itself: super().__init__(layer).

loses: test_dropout_forward (scales), test_dropout_backward (parameters, latest)
"""

import copy


class Dropout(LayerWrapper):
    def __init__(self, layer, p=0.5):
        super().__init__(copy.deepcopy(layer))
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
        return self.layer.backward(grad_output * self.mask)

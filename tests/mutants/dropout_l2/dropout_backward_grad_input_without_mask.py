"""The mask is for the parameters; x was not dropped.

Your grads are right, but your grad_input ignores mask and scale. Return what layer.backward
returns for the masked and scaled grad_output.

loses: test_dropout_backward (x)
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
        self.layer.backward(grad_output * self.mask)
        return grad_output @ self.weights.T

"""Dropout changes the gradient of x, not that of the parameters.

Your grad_input is right, but grads["weights"] and grads["bias"] ignore mask and scale. Give
layer.backward the masked and scaled grad_output, so that all three follow from it.

loses: test_dropout_backward (parameters)
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
        self.layer.backward(grad_output)
        return (grad_output * self.mask) @ self.weights.T

"""Backward also takes the gradient step.

Your backward pass changes weights and bias. Let it only compute gradients: the step is taken
later, by the model's update_parameters.

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
        if not self.training:
            self.mask = 1.0
            return h
        self.mask = (np.random.rand(*h.shape) > self.p) / (1 - self.p)
        return h * self.mask

    def backward(self, grad_output):
        grad_input = self.layer.backward(grad_output * self.mask)
        self.weights = self.weights - 0.01 * self.grads["weights"]
        self.bias = self.bias - 0.01 * self.grads["bias"]
        return grad_input

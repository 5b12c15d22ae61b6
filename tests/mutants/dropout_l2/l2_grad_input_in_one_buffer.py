"""I keep one array for the gradient of x.

Your backward pass returns the same array each time: the next call overwrites what an earlier one
returned. Return a new array from each call.

loses: test_l2_backward (keeps)
"""


class L2regularization(LayerWrapper):
    def __init__(self, layer, coefficient=0.01):
        super().__init__(layer)
        if coefficient < 0:
            raise ValueError(f"coefficient must be at least 0, got coefficient={coefficient}")
        self.coefficient = coefficient
        self.grad_input = None

    def __call__(self, x):
        return self.layer(x)

    def penalty(self):
        return self.coefficient * np.sum(self.weights**2)

    def backward(self, grad_output):
        grad_input = self.layer.backward(grad_output)
        self.grads["weights"] += 2 * self.coefficient * self.weights
        if self.grad_input is None or self.grad_input.shape != grad_input.shape:
            self.grad_input = np.empty(grad_input.shape)
        self.grad_input[:] = grad_input
        return self.grad_input

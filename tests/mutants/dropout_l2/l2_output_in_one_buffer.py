"""I keep one array for the output, so that no memory is wasted.

Your outputs share one array: the next call overwrites what an earlier one returned, and the
caller may still need it. Return a new array from each call.

loses: test_l2_forward (keeps)
"""


class L2regularization(LayerWrapper):
    def __init__(self, layer, coefficient=0.01):
        super().__init__(layer)
        if coefficient < 0:
            raise ValueError(f"coefficient must be at least 0, got coefficient={coefficient}")
        self.coefficient = coefficient
        self.y = None

    def __call__(self, x):
        y = self.layer(x)
        if self.y is None or self.y.shape != y.shape:
            self.y = np.empty(y.shape)
        self.y[:] = y
        return self.y

    def penalty(self):
        return self.coefficient * np.sum(self.weights**2)

    def backward(self, grad_output):
        grad_input = self.layer.backward(grad_output)
        self.grads["weights"] += 2 * self.coefficient * self.weights
        return grad_input

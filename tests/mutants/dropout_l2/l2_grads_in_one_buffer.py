"""I keep the array of the weights' gradient from step to step.

Your gradients stand in the same arrays in each step: the next backward pass overwrites those that
the caller has kept. Put new arrays into grads in each call.

loses: test_l2_backward (keeps)
"""


class L2regularization(LayerWrapper):
    def __init__(self, layer, coefficient=0.01):
        super().__init__(layer)
        if coefficient < 0:
            raise ValueError(f"coefficient must be at least 0, got coefficient={coefficient}")
        self.coefficient = coefficient
        self.kept = None

    def __call__(self, x):
        return self.layer(x)

    def penalty(self):
        return self.coefficient * np.sum(self.weights**2)

    def backward(self, grad_output):
        grad_input = self.layer.backward(grad_output)
        if self.kept is None or self.kept.shape != self.weights.shape:
            self.kept = np.empty(self.weights.shape)
        np.multiply(2 * self.coefficient, self.weights, out=self.kept)
        self.kept += self.grads["weights"]
        self.grads["weights"] = self.kept
        return grad_input

"""I keep the weights of the forward pass for backward.

loses: test_l2_backward
"""


class L2regularization(LayerWrapper):
    def __init__(self, layer, coefficient=0.01):
        super().__init__(layer)
        if coefficient < 0:
            raise ValueError(f"coefficient must not be negative, got coefficient={coefficient}")
        self.coefficient = coefficient

    def __call__(self, x):
        self.used_weights = self.weights.copy()
        return self.layer(x)

    def penalty(self):
        return self.coefficient * np.sum(self.weights ** 2)

    def backward(self, grad_output):
        grad_input = self.layer.backward(grad_output)
        self.grads["weights"] += 2 * self.coefficient * self.used_weights
        return grad_input

"""Each forward pass adds its penalty to the total.

Your penalty() adds up the penalties of all forward passes. Return coefficient * sum(weights **
2) of the present weights, and keep no total.

loses: test_l2_forward (now)
"""


class L2regularization(LayerWrapper):
    def __init__(self, layer, coefficient=0.01):
        super().__init__(layer)
        if coefficient < 0:
            raise ValueError(f"coefficient must be at least 0, got coefficient={coefficient}")
        self.coefficient = coefficient
        self.total = 0.0

    def __call__(self, x):
        self.total += self.coefficient * np.sum(self.weights**2)
        return self.layer(x)

    def penalty(self):
        return self.total

    def backward(self, grad_output):
        grad_input = self.layer.backward(grad_output)
        self.grads["weights"] += 2 * self.coefficient * self.weights
        return grad_input

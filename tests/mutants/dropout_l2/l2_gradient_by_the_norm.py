"""I multiply the norm of the weights by their direction.

Your grads["weights"] is no number where all weights are 0, as when you divide by their norm or
their sum. Add 2 * coefficient * weights, which needs no division.

loses: test_l2_backward (keeps)
"""


class L2regularization(LayerWrapper):
    def __init__(self, layer, coefficient=0.01):
        super().__init__(layer)
        if coefficient < 0:
            raise ValueError(f"coefficient must not be negative, got coefficient={coefficient}")
        self.coefficient = coefficient

    def __call__(self, x):
        return self.layer(x)

    def penalty(self):
        return self.coefficient * np.sum(self.weights**2)

    def backward(self, grad_output):
        grad_input = self.layer.backward(grad_output)
        norm = np.linalg.norm(self.weights)
        self.grads["weights"] += 2 * self.coefficient * norm * (self.weights / norm)
        return grad_input

"""Below a thousandth, the penalty makes no difference.

Your backward pass leaves the penalty out if the coefficient is small. Add 2 * coefficient *
weights for every coefficient.

loses: test_l2_backward (weights)
"""


class L2regularization(LayerWrapper):
    def __init__(self, layer, coefficient=0.01):
        super().__init__(layer)
        if coefficient < 0:
            raise ValueError(f"coefficient must be at least 0, got coefficient={coefficient}")
        self.coefficient = coefficient

    def __call__(self, x):
        return self.layer(x)

    def penalty(self):
        return self.coefficient * np.sum(self.weights**2)

    def backward(self, grad_output):
        grad_input = self.layer.backward(grad_output)
        if self.coefficient > 0.001:
            self.grads["weights"] += 2 * self.coefficient * self.weights
        return grad_input

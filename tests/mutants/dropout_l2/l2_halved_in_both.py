"""Penalty coefficient / 2 * W ** 2, gradient coefficient * W, as in weight decay.

Your layer takes half the coefficient: its penalty() and the gradient it adds are half as large
as they should be. Use coefficient * sum(weights ** 2) and 2 * coefficient * weights.

loses: test_l2_forward (penalty), test_l2_backward (weights)
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
        return self.coefficient / 2 * np.sum(self.weights**2)

    def backward(self, grad_output):
        grad_input = self.layer.backward(grad_output)
        self.grads["weights"] += self.coefficient * self.weights
        return grad_input

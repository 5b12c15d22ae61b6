"""One half in front of the penalty, and the gradient is W.

Your penalty() has a factor 1/2 too many, and the coefficient is missing in its gradient. Return
coefficient * sum(weights ** 2), and add 2 * coefficient * weights to grads["weights"].

loses: test_l2_forward (penalty), test_l2_backward (weights)
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
        return 0.5 * self.coefficient * np.sum(self.weights**2)

    def backward(self, grad_output):
        grad_input = self.layer.backward(grad_output)
        self.grads["weights"] += self.weights
        return grad_input

"""The coefficient is 0.01.

Your penalty() and your backward pass use the factor 0.01 whatever coefficient is. Use
self.coefficient in both: a plain `coefficient` is another variable.

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
        return 0.01 * np.sum(self.weights**2)

    def backward(self, grad_output):
        grad_input = self.layer.backward(grad_output)
        self.grads["weights"] += 2 * 0.01 * self.weights
        return grad_input

"""I add coefficient * W ** 2 to the gradient.

Your backward pass adds coefficient * weights ** 2 to grads["weights"]: these are the terms of
the penalty, not their derivative. Add 2 * coefficient * weights.

loses: test_l2_backward (weights)
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
        self.grads["weights"] += self.coefficient * self.weights**2
        return grad_input

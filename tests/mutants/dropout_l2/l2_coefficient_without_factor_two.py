"""The gradient of coefficient * W ** 2 is coefficient * W.

Your backward pass adds coefficient * weights to grads["weights"]. The derivative of a square
brings a factor of 2: add 2 * coefficient * weights.

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
        self.grads["weights"] += self.coefficient * self.weights
        return grad_input

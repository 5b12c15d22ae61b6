"""The penalty pulls each weight towards zero by the same force.

Your backward pass adds coefficient * sign(weights), the gradient of an L1 penalty. The gradient
of coefficient * sum(weights ** 2) is 2 * coefficient * weights.

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
        self.grads["weights"] += self.coefficient * np.sign(self.weights)
        return grad_input

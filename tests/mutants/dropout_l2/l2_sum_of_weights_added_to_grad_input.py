"""The penalty's gradient is one number that is added to what backward returns.

Your backward pass adds 2 * coefficient * sum(weights) to the gradient of x, and nothing to
grads["weights"]. Return the gradient of x as it is, and add 2 * coefficient * weights to
grads["weights"].

loses: test_l2_backward (weights, others, anew, keeps)
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
        return grad_input + 2 * self.coefficient * np.sum(self.weights)

"""I take the mean of the squares, and divide the gradient likewise.

Your penalty() and the gradient you add are divided by the number of weights. The penalty is a
sum, no mean: coefficient * sum(weights ** 2), with the gradient 2 * coefficient * weights.

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
        return self.coefficient * np.mean(self.weights**2)

    def backward(self, grad_output):
        grad_input = self.layer.backward(grad_output)
        self.grads["weights"] += 2 * self.coefficient * self.weights / self.weights.size
        return grad_input

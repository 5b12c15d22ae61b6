"""I add coefficient * |W| to the loss and coefficient * sign(W) to the gradient.

Your layer computes an L1 penalty: coefficient * sum(abs(weights)), with the gradient
coefficient * sign(weights). L2 has squares: coefficient * sum(weights ** 2),
2 * coefficient * weights.

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
        return self.coefficient * np.sum(np.abs(self.weights))

    def backward(self, grad_output):
        grad_input = self.layer.backward(grad_output)
        self.grads["weights"] += self.coefficient * np.sign(self.weights)
        return grad_input

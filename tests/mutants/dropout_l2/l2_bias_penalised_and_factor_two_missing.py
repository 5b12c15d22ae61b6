"""I penalise all parameters, and the gradient of coefficient * W ** 2 is coefficient * W.

Your penalty counts the bias as well as the weights, and its gradient lacks the factor 2. Only
the weights belong in the sum of squares, and the gradient of coefficient * sum(weights ** 2) is
2 * coefficient * weights.

loses: test_l2_forward (penalty), test_l2_backward (weights, others)
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
        return self.coefficient * sum(np.sum(v**2) for v in self.parameters.values())

    def backward(self, grad_output):
        grad_input = self.layer.backward(grad_output)
        for name, value in self.parameters.items():
            self.grads[name] += self.coefficient * value
        return grad_input

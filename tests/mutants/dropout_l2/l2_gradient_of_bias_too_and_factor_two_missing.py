"""I go through all gradients, and the gradient of coefficient * W ** 2 is coefficient * W.

Your backward pass adds coefficient * parameter to each gradient. The bias is not penalised: leave
its gradient as it is. For the weights the factor 2 is missing: add 2 * coefficient * weights.

loses: test_l2_backward (weights, others)
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
        for name, value in self.parameters.items():
            self.grads[name] += self.coefficient * value
        return grad_input

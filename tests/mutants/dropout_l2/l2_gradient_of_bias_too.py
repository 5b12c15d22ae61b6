"""I regularise all parameters in backward.

Your backward pass adds 2 * coefficient * bias to grads["bias"]. The bias is not penalised:
leave grads["bias"] as layer.backward has set it.

loses: test_l2_backward (others)
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
            self.grads[name] += 2 * self.coefficient * value
        return grad_input

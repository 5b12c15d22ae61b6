"""Weight decay multiplies the weights by 1 - 2 * coefficient.

Your forward pass changes the weights themselves while training. Return layer(x) and leave the
weights as they are: the gradient of the penalty makes them smaller in the SGD step.

loses: test_l2_forward (output, keeps)
"""


class L2regularization(LayerWrapper):
    def __init__(self, layer, coefficient=0.01):
        super().__init__(layer)
        if coefficient < 0:
            raise ValueError(f"coefficient must be at least 0, got coefficient={coefficient}")
        self.coefficient = coefficient

    def __call__(self, x):
        if self.training:
            self.layer.weights = self.weights * (1 - 2 * self.coefficient)
        return self.layer(x)

    def penalty(self):
        return self.coefficient * np.sum(self.weights**2)

    def backward(self, grad_output):
        grad_input = self.layer.backward(grad_output)
        self.grads["weights"] += 2 * self.coefficient * self.weights
        return grad_input

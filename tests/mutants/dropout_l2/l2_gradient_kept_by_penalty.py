"""penalty() knows the weights, so it keeps their gradient for backward.

Your backward pass adds what penalty() has kept, which belongs to older weights. Compute
2 * coefficient * weights in backward itself, from the weights as they are now.

loses: test_l2_backward (anew)
"""


class L2regularization(LayerWrapper):
    def __init__(self, layer, coefficient=0.01):
        super().__init__(layer)
        if coefficient < 0:
            raise ValueError(f"coefficient must not be negative, got coefficient={coefficient}")
        self.coefficient = coefficient
        self.part = None

    def __call__(self, x):
        return self.layer(x)

    def penalty(self):
        self.part = 2 * self.coefficient * self.weights
        return self.coefficient * np.sum(self.weights**2)

    def backward(self, grad_output):
        grad_input = self.layer.backward(grad_output)
        if self.part is None:
            self.penalty()
        self.grads["weights"] += self.part
        return grad_input

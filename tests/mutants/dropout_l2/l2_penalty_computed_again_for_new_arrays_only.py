"""I compute the penalty again only if the weights are another array.

Your penalty() returns an old value if the weights were changed in place. Compute coefficient *
sum(weights ** 2) in each call.

loses: test_l2_forward (now)
"""


class L2regularization(LayerWrapper):
    def __init__(self, layer, coefficient=0.01):
        super().__init__(layer)
        if coefficient < 0:
            raise ValueError(f"coefficient must be at least 0, got coefficient={coefficient}")
        self.coefficient = coefficient
        self.seen = None

    def __call__(self, x):
        return self.layer(x)

    def penalty(self):
        if self.weights is not self.seen:
            self.seen = self.weights
            self.value = self.coefficient * np.sum(self.weights**2)
        return self.value

    def backward(self, grad_output):
        grad_input = self.layer.backward(grad_output)
        self.grads["weights"] += 2 * self.coefficient * self.weights
        return grad_input

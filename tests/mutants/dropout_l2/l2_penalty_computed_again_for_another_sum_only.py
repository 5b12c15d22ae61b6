"""The sum of squares takes long, so I compute it again only if the weights have another sum.

Your penalty() misses some changes of the weights and then returns an old value, as when you
compare only their sum or one of them. Compute coefficient * sum(weights ** 2) in each call.

loses: test_l2_forward (now)
"""


class L2regularization(LayerWrapper):
    def __init__(self, layer, coefficient=0.01):
        super().__init__(layer)
        if coefficient < 0:
            raise ValueError(f"coefficient must not be negative, got coefficient={coefficient}")
        self.coefficient = coefficient
        self.sum = self.latest = None

    def __call__(self, x):
        return self.layer(x)

    def penalty(self):
        if self.weights.sum() != self.sum:
            self.sum = self.weights.sum()
            self.latest = self.coefficient * np.sum(self.weights**2)
        return self.latest

    def backward(self, grad_output):
        grad_input = self.layer.backward(grad_output)
        self.grads["weights"] += 2 * self.coefficient * self.weights
        return grad_input

"""I compute the penalty again only if the weights are others.

Your penalty() is an old one where the weights have changed by little, as in a step of training with a
small learning rate. Compute coefficient * sum(weights ** 2) in each call.

loses: test_l2_forward (now)
"""


class L2regularization(LayerWrapper):
    def __init__(self, layer, coefficient=0.01):
        super().__init__(layer)
        if coefficient < 0:
            raise ValueError(f"coefficient must not be negative, got coefficient={coefficient}")
        self.coefficient = coefficient
        self.known = self.latest = None

    def __call__(self, x):
        return self.layer(x)

    def penalty(self):
        if self.known is None or not np.allclose(self.known, self.weights):
            self.known = self.weights.copy()
            self.latest = self.coefficient * np.sum(self.weights**2)
        return self.latest

    def backward(self, grad_output):
        grad_input = self.layer.backward(grad_output)
        self.grads["weights"] += 2 * self.coefficient * self.weights
        return grad_input

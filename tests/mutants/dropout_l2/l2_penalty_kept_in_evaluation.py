"""In evaluation nothing is trained, so I compute the penalty in training only.

Your penalty() returns an old one in evaluation, after the weights have changed. Compute coefficient *
sum(weights ** 2) in each call, in evaluation too.

loses: test_l2_forward (now)
"""


class L2regularization(LayerWrapper):
    def __init__(self, layer, coefficient=0.01):
        super().__init__(layer)
        if coefficient < 0:
            raise ValueError(f"coefficient must not be negative, got coefficient={coefficient}")
        self.coefficient = coefficient
        self.latest = None

    def __call__(self, x):
        return self.layer(x)

    def penalty(self):
        if self.latest is None or self.training:
            self.latest = self.coefficient * np.sum(self.weights**2)
        return self.latest

    def backward(self, grad_output):
        grad_input = self.layer.backward(grad_output)
        self.grads["weights"] += 2 * self.coefficient * self.weights
        return grad_input

"""The layer regularises its output.

Your penalty() is made of the latest output, layer(x). Take the weights: coefficient *
sum(weights ** 2).

loses: test_l2_forward (penalty, now)
"""


class L2regularization(LayerWrapper):
    def __init__(self, layer, coefficient=0.01):
        super().__init__(layer)
        if coefficient < 0:
            raise ValueError(f"coefficient must not be negative, got coefficient={coefficient}")
        self.coefficient = coefficient
        self.y = np.ones(1)

    def __call__(self, x):
        self.y = self.layer(x)
        return self.y

    def penalty(self):
        return self.coefficient * np.sum(self.y**2)

    def backward(self, grad_output):
        grad_input = self.layer.backward(grad_output)
        self.grads["weights"] += 2 * self.coefficient * self.weights
        return grad_input

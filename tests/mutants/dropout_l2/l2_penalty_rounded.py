"""I round the penalty to four digits, that is enough to print.

Your penalty() is rounded, so a small penalty is wrong or even 0. Return coefficient *
sum(weights ** 2) as it is; round only where you print.

loses: test_l2_forward (penalty)
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
        return round(self.coefficient * float(np.sum(self.weights**2)), 4)

    def backward(self, grad_output):
        grad_input = self.layer.backward(grad_output)
        self.grads["weights"] += 2 * self.coefficient * self.weights
        return grad_input

"""I compute the penalty the first time and keep it.

Your penalty() always returns what it returned at its first call, even when the weights have
changed. Compute it anew in each call.

loses: test_l2_forward (now)
"""


class L2regularization(LayerWrapper):
    def __init__(self, layer, coefficient=0.01):
        super().__init__(layer)
        if coefficient < 0:
            raise ValueError(f"coefficient must not be negative, got coefficient={coefficient}")
        self.coefficient = coefficient
        self.value = None

    def __call__(self, x):
        return self.layer(x)

    def penalty(self):
        if self.value is None:
            self.value = self.coefficient * np.sum(self.weights**2)
        return self.value

    def backward(self, grad_output):
        grad_input = self.layer.backward(grad_output)
        self.grads["weights"] += 2 * self.coefficient * self.weights
        return grad_input

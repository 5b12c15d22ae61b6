"""A weight below 0.01 is small enough already.

Your penalty() leaves out weights that are close to 0. Every weight counts, however small:
coefficient * sum(weights ** 2).

loses: test_l2_forward (penalty)
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
        large = self.weights[np.abs(self.weights) > 0.01]
        return self.coefficient * np.sum(large**2)

    def backward(self, grad_output):
        grad_input = self.layer.backward(grad_output)
        self.grads["weights"] += 2 * self.coefficient * self.weights
        return grad_input

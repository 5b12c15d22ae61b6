"""A weight below 0.01 is small enough already.

Your backward pass leaves the penalty out for small weights. Add 2 * coefficient * weights for
all weights.

loses: test_l2_backward (weights)
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
        return self.coefficient * np.sum(self.weights**2)

    def backward(self, grad_output):
        grad_input = self.layer.backward(grad_output)
        large = np.abs(self.weights) > 0.01
        self.grads["weights"] += 2 * self.coefficient * self.weights * large
        return grad_input

"""A penalty above 1 would spoil the training, so I cap it.

Your penalty() never exceeds a fixed number. Return coefficient * sum(weights ** 2), however
large it is.

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
        return min(self.coefficient * np.sum(self.weights**2), 1.0)

    def backward(self, grad_output):
        grad_input = self.layer.backward(grad_output)
        self.grads["weights"] += 2 * self.coefficient * self.weights
        return grad_input

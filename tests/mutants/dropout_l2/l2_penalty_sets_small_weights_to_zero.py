"""Tiny weights are noise, so I remove them.

Your penalty() sets small weights of the layer to 0. Let it return a number and change nothing.

loses: test_l2_forward (keeps)
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
        weights = self.weights
        weights[np.abs(weights) < 1e-3] = 0.0
        return self.coefficient * np.sum(weights**2)

    def backward(self, grad_output):
        grad_input = self.layer.backward(grad_output)
        self.grads["weights"] += 2 * self.coefficient * self.weights
        return grad_input

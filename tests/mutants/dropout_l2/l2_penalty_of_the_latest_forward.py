"""The forward pass computes the penalty and penalty() returns it.

Your penalty() returns the value for the weights of the latest forward pass, even if they have
changed since. Compute it in penalty() itself, from the weights as they are now.

loses: test_l2_forward (now)
"""


class L2regularization(LayerWrapper):
    def __init__(self, layer, coefficient=0.01):
        super().__init__(layer)
        if coefficient < 0:
            raise ValueError(f"coefficient must not be negative, got coefficient={coefficient}")
        self.coefficient = coefficient
        self.value = 0.0

    def __call__(self, x):
        self.value = self.coefficient * np.sum(self.weights**2)
        return self.layer(x)

    def penalty(self):
        return self.value

    def backward(self, grad_output):
        grad_input = self.layer.backward(grad_output)
        self.grads["weights"] += 2 * self.coefficient * self.weights
        return grad_input

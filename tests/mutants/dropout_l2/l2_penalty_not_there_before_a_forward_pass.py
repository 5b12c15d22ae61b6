"""The forward pass computes the penalty, and penalty() returns it.

Your penalty() returns what the latest forward pass has stored: before the first one it stops with
an error, and after the weights change it is an old value. Compute it in penalty() itself.

loses: test_l2_forward (now)
"""


class L2regularization(LayerWrapper):
    def __init__(self, layer, coefficient=0.01):
        super().__init__(layer)
        if coefficient < 0:
            raise ValueError(f"coefficient must not be negative, got coefficient={coefficient}")
        self.coefficient = coefficient

    def __call__(self, x):
        self.latest = self.coefficient * np.sum(self.weights**2)
        return self.layer(x)

    def penalty(self):
        return self.latest

    def backward(self, grad_output):
        grad_input = self.layer.backward(grad_output)
        self.grads["weights"] += 2 * self.coefficient * self.weights
        return grad_input

"""The forward pass reads the weights, and penalty and backward use them.

Your penalty() uses the weights that the latest forward pass has read: it fails before the first
one, and misses weights that are set after it. Read self.weights in penalty() itself.

loses: test_l2_forward (now)
"""


class L2regularization(LayerWrapper):
    def __init__(self, layer, coefficient=0.01):
        super().__init__(layer)
        if coefficient < 0:
            raise ValueError(f"coefficient must be at least 0, got coefficient={coefficient}")
        self.coefficient = coefficient

    def __call__(self, x):
        self.w = self.weights
        return self.layer(x)

    def penalty(self):
        return self.coefficient * np.sum(self.w**2)

    def backward(self, grad_output):
        grad_input = self.layer.backward(grad_output)
        self.grads["weights"] += 2 * self.coefficient * self.w
        return grad_input

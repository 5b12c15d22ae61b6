"""Nothing is learned in evaluation, so the same x has the same output.

In evaluation, your layer returns an old output if x is the same as before. The weights may have
changed since: return self.layer(x) in each call.

loses: test_l2_forward (output)
"""


class L2regularization(LayerWrapper):
    def __init__(self, layer, coefficient=0.01):
        super().__init__(layer)
        if coefficient < 0:
            raise ValueError(f"coefficient must not be negative, got coefficient={coefficient}")
        self.coefficient = coefficient
        self.x = self.y = None

    def __call__(self, x):
        if self.training or self.x is None or not np.array_equal(x, self.x):
            self.x, self.y = x, self.layer(x)
        return self.y

    def penalty(self):
        return self.coefficient * np.sum(self.weights**2)

    def backward(self, grad_output):
        grad_input = self.layer.backward(grad_output)
        self.grads["weights"] += 2 * self.coefficient * self.weights
        return grad_input

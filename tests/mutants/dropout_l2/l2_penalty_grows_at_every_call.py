"""The penalty adds up over the calls.

Your penalty() adds to what it returned before, so it grows with every call. Return the value
for the present weights alone.

loses: test_l2_forward (now)
"""


class L2regularization(LayerWrapper):
    def __init__(self, layer, coefficient=0.01):
        super().__init__(layer)
        if coefficient < 0:
            raise ValueError(f"coefficient must not be negative, got coefficient={coefficient}")
        self.coefficient = coefficient
        self.total = 0.0

    def __call__(self, x):
        return self.layer(x)

    def penalty(self):
        self.total += self.coefficient * np.sum(self.weights**2)
        return self.total

    def backward(self, grad_output):
        grad_input = self.layer.backward(grad_output)
        self.grads["weights"] += 2 * self.coefficient * self.weights
        return grad_input

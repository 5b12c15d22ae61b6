"""I go through W row by row, add up and return.

Your penalty() has only the squares in the first row of weights, those of the first
input. Add up all rows: if you use a loop, return after it, not inside it.

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
        total = 0
        for row in self.weights:
            total += np.sum(row**2)
            return self.coefficient * total

    def backward(self, grad_output):
        grad_input = self.layer.backward(grad_output)
        self.grads["weights"] += 2 * self.coefficient * self.weights
        return grad_input

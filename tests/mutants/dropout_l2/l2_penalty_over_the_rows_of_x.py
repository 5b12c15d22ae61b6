"""The loss is a mean over the batch, so I divide by the rows of the x that I keep.

Your penalty() is divided by the number of rows of the latest batch, so it fails before the first
one. It depends on coefficient and weights alone: leave the batch out of it.

loses: test_l2_forward (penalty, now)
"""


class L2regularization(LayerWrapper):
    def __init__(self, layer, coefficient=0.01):
        super().__init__(layer)
        if coefficient < 0:
            raise ValueError(f"coefficient must not be negative, got coefficient={coefficient}")
        self.coefficient = coefficient

    def __call__(self, x):
        self.rows = len(x)
        return self.layer(x)

    def penalty(self):
        return self.coefficient * np.sum(self.weights**2) / self.rows

    def backward(self, grad_output):
        grad_input = self.layer.backward(grad_output)
        self.grads["weights"] += 2 * self.coefficient * self.weights
        return grad_input

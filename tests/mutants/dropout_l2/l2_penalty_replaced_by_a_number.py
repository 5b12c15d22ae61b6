"""The forward pass computes the penalty and keeps it as self.penalty.

Your forward pass gives an attribute the name of the method penalty, so that penalty() cannot be called
any more. Let penalty() compute the number, and give no attribute this name.

loses: test_l2_forward (output, penalty, now, keeps)
"""


class L2regularization(LayerWrapper):
    def __init__(self, layer, coefficient=0.01):
        super().__init__(layer)
        if coefficient < 0:
            raise ValueError(f"coefficient must not be negative, got coefficient={coefficient}")
        self.coefficient = coefficient

    def __call__(self, x):
        self.penalty = self.coefficient * np.sum(self.weights**2)
        return self.layer(x)

    def penalty(self):
        return self.coefficient * np.sum(self.weights**2)

    def backward(self, grad_output):
        grad_input = self.layer.backward(grad_output)
        self.grads["weights"] += 2 * self.coefficient * self.weights
        return grad_input

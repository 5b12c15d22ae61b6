"""More regularization than 1 makes no sense.

Your layer takes another coefficient where it is given a large one. Use the coefficient as it is given,
in the penalty and in its gradient.

loses: test_l2_forward (penalty), test_l2_backward (weights)
"""


class L2regularization(LayerWrapper):
    def __init__(self, layer, coefficient=0.01):
        super().__init__(layer)
        if coefficient < 0:
            raise ValueError(f"coefficient must not be negative, got coefficient={coefficient}")
        self.coefficient = min(coefficient, 1.0)

    def __call__(self, x):
        return self.layer(x)

    def penalty(self):
        return self.coefficient * np.sum(self.weights**2)

    def backward(self, grad_output):
        grad_input = self.layer.backward(grad_output)
        self.grads["weights"] += 2 * self.coefficient * self.weights
        return grad_input

"""The coefficient is an attribute of the class.

Your layers all use the coefficient of whichever was made last, in penalty() and in the
gradient. Keep each layer's coefficient on its own self, not on the class or in a global
variable.

loses: test_l2_forward (keeps), test_l2_backward (keeps)
"""


class L2regularization(LayerWrapper):
    def __init__(self, layer, coefficient=0.01):
        super().__init__(layer)
        if coefficient < 0:
            raise ValueError(f"coefficient must not be negative, got coefficient={coefficient}")
        L2regularization.coefficient = coefficient

    def __call__(self, x):
        return self.layer(x)

    def penalty(self):
        return self.coefficient * np.sum(self.weights**2)

    def backward(self, grad_output):
        grad_input = self.layer.backward(grad_output)
        self.grads["weights"] += 2 * self.coefficient * self.weights
        return grad_input

"""If there is no coefficient, backward takes the default.

Your backward pass takes 0.01 when the coefficient is 0. Use the coefficient as it is given, 0
included: then the gradients are the data's alone.

loses: test_l2_backward (keeps)
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
        return self.coefficient * np.sum(self.weights**2)

    def backward(self, grad_output):
        grad_input = self.layer.backward(grad_output)
        self.grads["weights"] += 2 * (self.coefficient or 0.01) * self.weights
        return grad_input

"""Each time that the penalty is computed, the coefficient decays a little.

Your penalty() makes the coefficient smaller each time that it is called, so later penalties and
gradients are too small. Leave self.coefficient as __init__ sets it.

loses: test_l2_forward (now), test_l2_backward (anew)
"""


class L2regularization(LayerWrapper):
    def __init__(self, layer, coefficient=0.01):
        super().__init__(layer)
        if coefficient < 0:
            raise ValueError(f"coefficient must be at least 0, got coefficient={coefficient}")
        self.coefficient = coefficient

    def __call__(self, x):
        return self.layer(x)

    def penalty(self):
        value = self.coefficient * np.sum(self.weights**2)
        self.coefficient *= 0.99
        return value

    def backward(self, grad_output):
        grad_input = self.layer.backward(grad_output)
        self.grads["weights"] += 2 * self.coefficient * self.weights
        return grad_input

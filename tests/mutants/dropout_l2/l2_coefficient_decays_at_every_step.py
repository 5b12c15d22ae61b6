"""The weights need less and less regularization, so the coefficient decays.

Your coefficient gets smaller with each backward pass, so later penalties and gradients are too
small. Leave self.coefficient as __init__ sets it.

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
        return self.coefficient * np.sum(self.weights**2)

    def backward(self, grad_output):
        grad_input = self.layer.backward(grad_output)
        self.grads["weights"] += 2 * self.coefficient * self.weights
        self.coefficient *= 0.99
        return grad_input

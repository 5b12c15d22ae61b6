"""penalty() computes the gradient of the penalty, and backward adds it.

Your backward pass adds only what penalty() has computed before, so nothing where nobody has called it.
Compute 2 * coefficient * weights in backward itself.

loses: test_l2_backward (weights, others, anew, keeps)
"""


class L2regularization(LayerWrapper):
    def __init__(self, layer, coefficient=0.01):
        super().__init__(layer)
        if coefficient < 0:
            raise ValueError(f"coefficient must not be negative, got coefficient={coefficient}")
        self.coefficient = coefficient
        self.part = 0.0

    def __call__(self, x):
        return self.layer(x)

    def penalty(self):
        self.part = 2 * self.coefficient * self.weights
        return self.coefficient * np.sum(self.weights**2)

    def backward(self, grad_output):
        grad_input = self.layer.backward(grad_output)
        self.grads["weights"] += self.part
        return grad_input

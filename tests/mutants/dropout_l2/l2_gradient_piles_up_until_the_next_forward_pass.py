"""The penalty's gradient adds up until the next forward pass.

A second backward pass after the same forward pass adds the penalty's gradient to
grads["weights"] twice. Add 2 * coefficient * weights once in each backward pass, and keep no
sum.

loses: test_l2_backward (anew)
"""


class L2regularization(LayerWrapper):
    def __init__(self, layer, coefficient=0.01):
        super().__init__(layer)
        if coefficient < 0:
            raise ValueError(f"coefficient must be at least 0, got coefficient={coefficient}")
        self.coefficient = coefficient
        self.part = 0.0

    def __call__(self, x):
        self.part = 0.0
        return self.layer(x)

    def penalty(self):
        return self.coefficient * np.sum(self.weights**2)

    def backward(self, grad_output):
        grad_input = self.layer.backward(grad_output)
        self.part += 2 * self.coefficient * self.weights
        self.grads["weights"] += self.part
        return grad_input

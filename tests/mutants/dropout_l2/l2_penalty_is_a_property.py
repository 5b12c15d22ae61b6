"""penalty is a value, so I make it a property.

Your penalty is a property, or a number, that cannot be called. Make it a method, `def
penalty(self):` without a decorator, and give no attribute this name, so that penalty() returns
the number.

loses: test_l2_forward (output, penalty, now, keeps)
"""


class L2regularization(LayerWrapper):
    def __init__(self, layer, coefficient=0.01):
        super().__init__(layer)
        if coefficient < 0:
            raise ValueError(f"coefficient must not be negative, got coefficient={coefficient}")
        self.coefficient = coefficient

    def __call__(self, x):
        return self.layer(x)

    @property
    def penalty(self):
        return self.coefficient * np.sum(self.weights**2)

    def backward(self, grad_output):
        grad_input = self.layer.backward(grad_output)
        self.grads["weights"] += 2 * self.coefficient * self.weights
        return grad_input

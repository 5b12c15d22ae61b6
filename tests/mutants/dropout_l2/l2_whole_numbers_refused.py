"""The coefficient is a float, so I refuse all else.

Your __init__ refuses a whole number, such as coefficient=0, which is a coefficient like any other.
Refuse only negative ones, and do not ask for the type.

loses: test_l2_forward (keeps), test_l2_backward (keeps)
"""


class L2regularization(LayerWrapper):
    def __init__(self, layer, coefficient=0.01):
        super().__init__(layer)
        if not isinstance(coefficient, float) or coefficient < 0:
            raise ValueError(f"coefficient must be a float from 0 on, got {coefficient}")
        self.coefficient = coefficient

    def __call__(self, x):
        return self.layer(x)

    def penalty(self):
        return self.coefficient * np.sum(self.weights**2)

    def backward(self, grad_output):
        grad_input = self.layer.backward(grad_output)
        self.grads["weights"] += 2 * self.coefficient * self.weights
        return grad_input

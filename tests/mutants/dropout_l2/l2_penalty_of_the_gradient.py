"""Once there are gradients, they are what I penalise.

Your penalty() is made of grads["weights"] once a backward pass has set it, not of the weights.
Use self.weights before and after a backward pass alike.

loses: test_l2_forward (now)
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
        values = self.grads.get("weights", self.weights)
        return self.coefficient * np.sum(values**2)

    def backward(self, grad_output):
        grad_input = self.layer.backward(grad_output)
        self.grads["weights"] += 2 * self.coefficient * self.weights
        return grad_input

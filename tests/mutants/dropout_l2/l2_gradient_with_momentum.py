"""I smooth the gradient of the weights over the steps.

Your grads["weights"] carries over part of the previous step's gradient. Set it anew in each
backward pass: the data's gradient plus 2 * coefficient * weights.

loses: test_l2_backward (anew)
"""


class L2regularization(LayerWrapper):
    def __init__(self, layer, coefficient=0.01):
        super().__init__(layer)
        if coefficient < 0:
            raise ValueError(f"coefficient must be at least 0, got coefficient={coefficient}")
        self.coefficient = coefficient
        self.velocity = 0.0

    def __call__(self, x):
        return self.layer(x)

    def penalty(self):
        return self.coefficient * np.sum(self.weights**2)

    def backward(self, grad_output):
        grad_input = self.layer.backward(grad_output)
        gradient = self.grads["weights"] + 2 * self.coefficient * self.weights
        self.velocity = 0.9 * self.velocity + gradient
        self.grads["weights"] = self.velocity
        return grad_input

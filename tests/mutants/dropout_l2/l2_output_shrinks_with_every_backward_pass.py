"""The weights decay with each step, so the output shrinks.

Your output gets smaller with each backward pass. Return layer(x), unchanged: the SGD step makes
the weights smaller.

loses: test_l2_forward (output)
"""


class L2regularization(LayerWrapper):
    def __init__(self, layer, coefficient=0.01):
        super().__init__(layer)
        if coefficient < 0:
            raise ValueError(f"coefficient must be at least 0, got coefficient={coefficient}")
        self.coefficient = coefficient
        self.factor = 1.0

    def __call__(self, x):
        return self.factor * self.layer(x)

    def penalty(self):
        return self.coefficient * np.sum(self.weights**2)

    def backward(self, grad_output):
        grad_input = self.layer.backward(grad_output)
        self.grads["weights"] += 2 * self.coefficient * self.weights
        self.factor *= 0.999
        return grad_input

"""Whenever I compute the penalty, I add its gradient.

Your penalty() changes grads["weights"], to which backward has added the penalty's gradient
already. Let penalty() return a number and change nothing.

loses: test_l2_backward (anew)
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
        if self.grads:
            self.grads["weights"] = self.grads["weights"] + 2 * self.coefficient * self.weights
        return self.coefficient * np.sum(self.weights**2)

    def backward(self, grad_output):
        grad_input = self.layer.backward(grad_output)
        self.grads["weights"] += 2 * self.coefficient * self.weights
        return grad_input

"""The bias is not regularised, so its gradient is zero.

Your grads["bias"] is all zeros, so the bias would never learn. Only the penalty leaves it out:
keep the data's gradient that layer.backward has set.

loses: test_l2_backward (others)
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
        return self.coefficient * np.sum(self.weights**2)

    def backward(self, grad_output):
        grad_input = self.layer.backward(grad_output)
        self.grads["weights"] += 2 * self.coefficient * self.weights
        self.grads["bias"] = np.zeros_like(self.bias)
        return grad_input

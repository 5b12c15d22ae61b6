"""The gradient is grads["weight"], as PyTorch calls it.

Your grads["weights"] is the gradient of the data alone, and your grads has an entry of another
name. The key is "weights": add 2 * coefficient * weights to self.grads["weights"], after
layer.backward.

loses: test_l2_backward (weights, others, anew, keeps)
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
        self.grads["weight"] = self.grads["weights"] + 2 * self.coefficient * self.weights
        return grad_input

"""Large gradients make the training unstable, so I clip them at 1.

Your grads["weights"] never exceeds a fixed number. Add 2 * coefficient * weights to the data's
gradient, however large the sum is.

loses: test_l2_backward (weights)
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
        self.grads["weights"] += 2 * self.coefficient * self.weights
        self.grads["weights"] = np.clip(self.grads["weights"], -1, 1)
        return grad_input

"""The gradient of the weights is transposed, as PyTorch's weights are.

Your grads["weights"] is transposed, shape (out_features, in_features). Keep it in the shape of
weights, (in_features, out_features), as layer.backward sets it.

loses: test_l2_backward (weights)
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
        total = self.grads["weights"] + 2 * self.coefficient * self.weights
        self.grads["weights"] = total.T
        return grad_input

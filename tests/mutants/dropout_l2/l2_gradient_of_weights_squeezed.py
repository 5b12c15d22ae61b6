"""One output needs no second axis, so I squeeze the gradient.

Your grads["weights"] loses an axis of length 1. Keep it in the shape of weights, (in_features,
out_features), as layer.backward sets it, without squeeze.

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
        gradient = self.grads["weights"] + 2 * self.coefficient * self.weights
        self.grads["weights"] = np.squeeze(gradient)
        return grad_input

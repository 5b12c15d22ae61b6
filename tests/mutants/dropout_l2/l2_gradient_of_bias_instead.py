"""The term belongs to the other gradient.

Your backward pass adds 2 * coefficient * bias to grads["bias"], and nothing to grads["weights"].
Leave grads["bias"] as layer.backward has set it, and add 2 * coefficient * weights to
grads["weights"].

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
        self.grads["bias"] += 2 * self.coefficient * self.bias
        return grad_input

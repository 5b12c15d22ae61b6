"""I clip large gradients before they reach the layer.

Your backward pass clips grad_output, and does so in the caller's array, so all gradients are wrong
where it is large. Pass grad_output to layer.backward as it is.

loses: test_l2_backward (weights, others, keeps)
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
        np.clip(grad_output, -5.0, 5.0, out=grad_output)
        grad_input = self.layer.backward(grad_output)
        self.grads["weights"] += 2 * self.coefficient * self.weights
        return grad_input

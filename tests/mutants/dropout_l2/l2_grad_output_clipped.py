"""Large gradients make the training unstable, so I clip grad_output.

Your backward pass clips grad_output, so all gradients are wrong where it is large. Pass
grad_output to layer.backward as it is.

loses: test_l2_backward (weights, others)
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
        grad_input = self.layer.backward(np.clip(grad_output, -1, 1))
        self.grads["weights"] += 2 * self.coefficient * self.weights
        return grad_input

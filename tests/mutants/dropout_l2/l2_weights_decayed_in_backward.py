"""Weight decay shrinks the weights, so I shrink them.

Your backward pass changes the weights themselves, and grads["weights"] stays that of the data.
Add 2 * coefficient * weights to grads["weights"]: the SGD step then shrinks the weights.

loses: test_l2_backward (weights, others, anew, keeps)
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
        self.weights -= 2 * self.coefficient * self.weights
        return grad_input

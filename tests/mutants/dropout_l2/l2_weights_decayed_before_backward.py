"""Weight decay shrinks the weights, and then the gradients are computed.

Your backward pass changes the weights themselves, and grads["weights"] stays that of the data.
Add 2 * coefficient * weights to grads["weights"]: the SGD step then shrinks the weights.

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
        self.weights = self.weights * (1 - 2 * self.coefficient)
        return self.layer.backward(grad_output)

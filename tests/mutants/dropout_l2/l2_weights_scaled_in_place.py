"""I multiply the weights by 2 * coefficient and add them to the gradient.

Your backward pass multiplies the weights themselves by 2 * coefficient. Leave the weights as they
are: write the product into a new array, without *=, and add that to grads["weights"].

loses: test_l2_backward (keeps)
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
        decay = self.weights
        decay *= 2 * self.coefficient
        self.grads["weights"] += decay
        return grad_input

"""The bias needs no factor 2.

Your backward pass adds coefficient * bias to the gradient of the bias, which is not penalised. Add
nothing to it.

loses: test_l2_backward (others)
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
        self.grads["weights"] += 2 * self.coefficient * self.weights
        self.grads["bias"] += self.coefficient * self.bias
        return grad_input

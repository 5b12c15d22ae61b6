"""I take weights and bias from the layer once, for everything.

Your layer goes on with the weights and the bias from when it was made, even after new ones have
taken their place. Read self.weights and self.bias in each call.

loses: test_l2_forward (output, now), test_l2_backward (anew)
"""


class L2regularization(LayerWrapper):
    def __init__(self, layer, coefficient=0.01):
        super().__init__(layer)
        if coefficient < 0:
            raise ValueError(f"coefficient must be at least 0, got coefficient={coefficient}")
        self.coefficient = coefficient
        self.w, self.b = layer.weights, layer.bias

    def __call__(self, x):
        self.layer(x)
        return x @ self.w + self.b

    def penalty(self):
        return self.coefficient * np.sum(self.w**2)

    def backward(self, grad_output):
        grad_input = self.layer.backward(grad_output)
        self.grads["weights"] += 2 * self.coefficient * self.w
        return grad_input

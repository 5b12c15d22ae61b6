"""The output is x @ weights + bias, so I compute that.

Your forward pass computes the output without the wrapped layer, so layer.backward, which needs
the x of its own forward pass, raises RuntimeError. Return self.layer(x), which keeps x.

loses: test_l2_backward (weights, others, anew, keeps)
"""


class L2regularization(LayerWrapper):
    def __init__(self, layer, coefficient=0.01):
        super().__init__(layer)
        if coefficient < 0:
            raise ValueError(f"coefficient must be at least 0, got coefficient={coefficient}")
        self.coefficient = coefficient

    def __call__(self, x):
        return x @ self.weights + self.bias

    def penalty(self):
        return self.coefficient * np.sum(self.weights**2)

    def backward(self, grad_output):
        grad_input = self.layer.backward(grad_output)
        self.grads["weights"] += 2 * self.coefficient * self.weights
        return grad_input

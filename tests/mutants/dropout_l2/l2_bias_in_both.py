"""Weights and bias are both regularised.

Your layer penalises the bias too: it is in penalty(), and 2 * coefficient * bias is in
grads["bias"]. Take it out of both: only the weights are penalised.

loses: test_l2_forward (penalty), test_l2_backward (others)
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
        return self.coefficient * (np.sum(self.weights**2) + np.sum(self.bias**2))

    def backward(self, grad_output):
        grad_input = self.layer.backward(grad_output)
        self.grads["weights"] += 2 * self.coefficient * self.weights
        self.grads["bias"] += 2 * self.coefficient * self.bias
        return grad_input

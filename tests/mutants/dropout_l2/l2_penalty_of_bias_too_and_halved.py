"""All parameters are penalised, with one half in front.

Your penalty() is half of coefficient times the sum of the squares of weights and bias. Take only
the weights, without the factor 1 / 2: coefficient * sum(weights ** 2).

loses: test_l2_forward (penalty)
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
        return 0.5 * self.coefficient * (np.sum(self.weights**2) + np.sum(self.bias**2))

    def backward(self, grad_output):
        grad_input = self.layer.backward(grad_output)
        self.grads["weights"] += 2 * self.coefficient * self.weights
        return grad_input

"""In evaluation, the weights are those of the latest training step.

When not training, your output is that of older weights. Return self.layer(x) in each call, which
uses the weights and the bias as they are now.

loses: test_l2_forward (output)
"""


class L2regularization(LayerWrapper):
    def __init__(self, layer, coefficient=0.01):
        super().__init__(layer)
        if coefficient < 0:
            raise ValueError(f"coefficient must be at least 0, got coefficient={coefficient}")
        self.coefficient = coefficient
        self.kept = None

    def __call__(self, x):
        y = self.layer(x)
        if self.training or self.kept is None:
            self.kept = self.weights.copy(), self.bias.copy()
            return y
        weights, bias = self.kept
        return x @ weights + bias

    def penalty(self):
        return self.coefficient * np.sum(self.weights**2)

    def backward(self, grad_output):
        grad_input = self.layer.backward(grad_output)
        self.grads["weights"] += 2 * self.coefficient * self.weights
        return grad_input

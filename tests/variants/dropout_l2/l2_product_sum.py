"""Sums W * W with the array's own method."""


class L2regularization(LayerWrapper):
    def __init__(self, layer, coefficient=0.01):
        super().__init__(layer)
        if coefficient < 0:
            raise ValueError(f"coefficient must not be negative, got coefficient={coefficient}")
        self.coefficient = coefficient

    def __call__(self, x):
        return self.layer(x)

    def penalty(self):
        return (self.weights * self.weights).sum() * self.coefficient

    def backward(self, grad_output):
        grad_input = self.layer.backward(grad_output)
        penalty_gradient = self.coefficient * (self.weights + self.weights)
        self.grads["weights"] = self.grads["weights"] + penalty_gradient
        return grad_input

"""Keeps the coefficient in an array."""


class L2regularization(LayerWrapper):
    def __init__(self, layer, coefficient=0.01):
        super().__init__(layer)
        if coefficient < 0:
            raise ValueError(f"coefficient must be at least 0, got coefficient={coefficient}")
        self.coefficient = np.full((1, 1), float(coefficient))

    def __call__(self, x):
        return self.layer(x)

    def penalty(self):
        return (self.coefficient * self.weights**2).sum()

    def backward(self, grad_output):
        grad_input = self.layer.backward(grad_output)
        self.grads["weights"] += 2 * self.coefficient * self.weights
        return grad_input

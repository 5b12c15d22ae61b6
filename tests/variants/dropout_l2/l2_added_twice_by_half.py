"""Adds coefficient * weights two times."""


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
        for _ in range(2):
            self.grads["weights"] += self.coefficient * self.weights
        return grad_input

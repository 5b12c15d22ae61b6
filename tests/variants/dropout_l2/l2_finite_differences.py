"""Computes the penalty's gradient by central differences, exact for squares."""


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
        slope = ((self.weights + 1) ** 2 - (self.weights - 1) ** 2) / 2
        self.grads["weights"] = self.grads["weights"] + self.coefficient * slope
        return grad_input

"""Sets layer and training itself, super().__init__ is not called."""


class L2regularization(LayerWrapper):
    def __init__(self, layer, coefficient=0.01):
        if coefficient < 0:
            raise ValueError("coefficient must not be negative")
        self.layer, self.training, self.coefficient = layer, True, coefficient

    def __call__(self, x):
        return self.layer(x)

    def penalty(self):
        return self.coefficient * np.sum(self.weights**2)

    def backward(self, grad_output):
        grad_input = self.layer.backward(grad_output)
        self.grads["weights"] += 2 * self.coefficient * self.weights
        return grad_input

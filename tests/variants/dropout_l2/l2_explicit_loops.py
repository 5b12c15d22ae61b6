"""Goes through the weights in Python loops."""


class L2regularization(LayerWrapper):
    def __init__(self, layer, coefficient=0.01):
        super().__init__(layer)
        if coefficient < 0:
            raise ValueError(f"coefficient must not be negative, got coefficient={coefficient}")
        self.coefficient = coefficient

    def __call__(self, x):
        return self.layer(x)

    def penalty(self):
        total = 0
        for row in self.weights:
            for w in row:
                total = total + w**2
        return self.coefficient * total

    def backward(self, grad_output):
        grad_input = self.layer.backward(grad_output)
        for i in range(self.weights.shape[0]):
            for j in range(self.weights.shape[1]):
                self.grads["weights"][i, j] += 2 * self.coefficient * self.weights[i, j]
        return grad_input

"""Computes the data gradients itself too."""


class L2regularization(LayerWrapper):
    def __init__(self, layer, coefficient=0.01):
        super().__init__(layer)
        if coefficient < 0:
            raise ValueError(f"coefficient must not be negative, got coefficient={coefficient}")
        self.coefficient = coefficient

    def __call__(self, x):
        self.x = x
        return x.dot(self.weights) + self.bias

    def penalty(self):
        return self.coefficient * np.sum(self.weights**2)

    def backward(self, grad_output):
        data_gradient = self.x.T.dot(grad_output)
        self.layer.grads = {
            "weights": data_gradient + 2 * self.coefficient * self.weights,
            "bias": grad_output.sum(axis=0).reshape(1, -1),
        }
        return grad_output.dot(self.weights.T)

"""Computes the penalty's gradient before the layer's backward."""


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
        decay = np.multiply(2.0 * self.coefficient, self.weights)
        grad_input = self.layer.backward(grad_output)
        decay += self.grads["weights"]
        self.grads["weights"] = decay
        return grad_input

"""Reads and writes at self.layer, in the dictionaries."""


class L2regularization(LayerWrapper):
    def __init__(self, layer, coefficient=0.01):
        super().__init__(layer)
        if coefficient < 0:
            raise ValueError(f"coefficient must not be negative, got coefficient={coefficient}")
        self.coefficient = coefficient

    def __call__(self, x):
        return self.layer(x)

    def penalty(self):
        return self.coefficient * np.square(self.layer.parameters["weights"]).sum()

    def backward(self, grad_output):
        grad_input = self.layer.backward(grad_output)
        penalty_gradient = 2 * self.coefficient * self.layer.parameters["weights"]
        self.layer.grads.update(weights=self.layer.grads["weights"] + penalty_gradient)
        return grad_input

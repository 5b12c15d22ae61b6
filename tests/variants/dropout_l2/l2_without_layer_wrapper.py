"""Derives from nothing and has a property for each of the layer's attributes."""


def passed_through(name):
    def read(self):
        return getattr(self.layer, name)

    def write(self, value):
        setattr(self.layer, name, value)

    return property(read, write)


class L2regularization:
    weights = passed_through("weights")
    bias = passed_through("bias")
    parameters = passed_through("parameters")
    grads = passed_through("grads")

    def __init__(self, layer, coefficient=0.01):
        if coefficient < 0:
            raise ValueError(f"coefficient must not be negative, got coefficient={coefficient}")
        self.layer = layer
        self.training = True
        self.coefficient = coefficient

    def __call__(self, x):
        return self.layer(x)

    def penalty(self):
        return self.coefficient * np.sum(self.weights**2)

    def backward(self, grad_output):
        grad_input = self.layer.backward(grad_output)
        self.grads["weights"] += 2 * self.coefficient * self.weights
        return grad_input

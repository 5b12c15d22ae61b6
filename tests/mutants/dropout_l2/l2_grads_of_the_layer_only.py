"""My class is a layer of its own: grads belong to the wrapped layer.

Your layer has no grads, so a Model cannot train it. Derive the class from LayerWrapper, which
passes grads on to the wrapped layer.

loses: test_l2_backward (anew)
"""


class L2regularization:
    def __getattr__(self, name):
        if name in ("weights", "bias", "parameters"):
            return getattr(self.layer, name)
        raise AttributeError(name)

    def __setattr__(self, name, value):
        if name in ("weights", "bias", "parameters"):
            setattr(self.layer, name, value)
        else:
            super().__setattr__(name, value)

    def __init__(self, layer, coefficient=0.01):
        self.layer, self.training = layer, True
        if coefficient < 0:
            raise ValueError(f"coefficient must be at least 0, got coefficient={coefficient}")
        self.coefficient = coefficient

    def __call__(self, x):
        return self.layer(x)

    def penalty(self):
        return self.coefficient * np.sum(self.weights**2)

    def backward(self, grad_output):
        grad_input = self.layer.backward(grad_output)
        self.layer.grads["weights"] += 2 * self.coefficient * self.weights
        return grad_input

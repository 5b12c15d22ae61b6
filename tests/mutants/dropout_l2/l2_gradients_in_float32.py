"""float32 is precise enough for gradients.

Not all your gradients are arrays of float64. Leave them in float64, as the wrapped layer computes
them.

loses: test_l2_backward (keeps)
"""


class L2regularization(LayerWrapper):
    def __init__(self, layer, coefficient=0.01):
        super().__init__(layer)
        if coefficient < 0:
            raise ValueError(f"coefficient must be at least 0, got coefficient={coefficient}")
        self.coefficient = coefficient

    def __call__(self, x):
        return self.layer(x)

    def penalty(self):
        return self.coefficient * np.sum(self.weights**2)

    def backward(self, grad_output):
        grad_input = self.layer.backward(grad_output)
        self.grads["weights"] += 2 * self.coefficient * self.weights
        self.grads = {name: grad.astype(np.float32) for name, grad in self.grads.items()}
        return grad_input.astype(np.float32)

"""Whether we train is known to the wrapped layer, and the gradient is for training.

Where the wrapped layer is not training, your grads["weights"] is the gradient of the data alone.
Add 2 * coefficient * weights in every backward pass, without asking for training.

loses: test_l2_backward (anew)
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
        if self.layer.training:
            self.grads["weights"] += 2 * self.coefficient * self.weights
        return grad_input

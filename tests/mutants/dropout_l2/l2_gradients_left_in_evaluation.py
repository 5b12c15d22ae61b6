"""In evaluation nothing is learned, so I leave the gradients.

When not training, your backward pass leaves the grads of an earlier pass. Set them in every
call: call layer.backward and add 2 * coefficient * weights to grads["weights"], without asking
self.training.

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
        if not self.training:
            return grad_output @ self.weights.T
        grad_input = self.layer.backward(grad_output)
        self.grads["weights"] += 2 * self.coefficient * self.weights
        return grad_input

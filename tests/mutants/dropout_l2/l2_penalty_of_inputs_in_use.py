"""Weights of inputs that are always 0 need no penalty.

Your penalty depends on x: it leaves weights out whose inputs are 0. It depends on the weights and
the coefficient alone: compute it in penalty(), from nothing that the forward pass has left.

loses: test_l2_forward (now)
"""


class L2regularization(LayerWrapper):
    def __init__(self, layer, coefficient=0.01):
        super().__init__(layer)
        if coefficient < 0:
            raise ValueError(f"coefficient must be at least 0, got coefficient={coefficient}")
        self.coefficient = coefficient
        self.used = slice(None)

    def __call__(self, x):
        self.used = (x != 0).any(axis=0)
        return self.layer(x)

    def penalty(self):
        return self.coefficient * np.sum(self.weights[self.used] ** 2)

    def backward(self, grad_output):
        grad_input = self.layer.backward(grad_output)
        self.grads["weights"] += 2 * self.coefficient * self.weights
        return grad_input

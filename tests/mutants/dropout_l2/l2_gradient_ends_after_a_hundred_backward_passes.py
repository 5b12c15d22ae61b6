"""After a hundred backward passes the weights are small enough.

Your backward pass stops adding the penalty's gradient after some calls. Add 2 * coefficient *
weights in every backward pass.

loses: test_l2_backward (anew)
"""


class L2regularization(LayerWrapper):
    def __init__(self, layer, coefficient=0.01):
        super().__init__(layer)
        if coefficient < 0:
            raise ValueError(f"coefficient must be at least 0, got coefficient={coefficient}")
        self.coefficient = coefficient
        self.steps = 0

    def __call__(self, x):
        return self.layer(x)

    def penalty(self):
        return self.coefficient * np.sum(self.weights**2)

    def backward(self, grad_output):
        grad_input = self.layer.backward(grad_output)
        self.steps += 1
        if self.steps <= 100:
            self.grads["weights"] += 2 * self.coefficient * self.weights
        return grad_input

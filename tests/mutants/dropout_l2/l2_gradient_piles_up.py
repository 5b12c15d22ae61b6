"""I keep the penalty's gradient and add to it.

Your backward pass adds the penalty's gradients of earlier passes as well. Add 2 * coefficient *
weights for the present weights alone.

loses: test_l2_backward (anew)
"""


class L2regularization(LayerWrapper):
    def __init__(self, layer, coefficient=0.01):
        super().__init__(layer)
        if coefficient < 0:
            raise ValueError(f"coefficient must not be negative, got coefficient={coefficient}")
        self.coefficient = coefficient
        self.decay = 0.0

    def __call__(self, x):
        return self.layer(x)

    def penalty(self):
        return self.coefficient * np.sum(self.weights**2)

    def backward(self, grad_output):
        grad_input = self.layer.backward(grad_output)
        self.decay = self.decay + 2 * self.coefficient * self.weights
        self.grads["weights"] += self.decay
        return grad_input

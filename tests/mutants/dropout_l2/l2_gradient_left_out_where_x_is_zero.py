"""A weight whose input is 0 gets no gradient.

Where an input is 0 in the whole batch, your gradient leaves the penalty's part out. The penalty
pulls at each weight, whatever x is: add 2 * coefficient * weights for all of them.

loses: test_l2_backward (weights)
"""


class L2regularization(LayerWrapper):
    def __init__(self, layer, coefficient=0.01):
        super().__init__(layer)
        if coefficient < 0:
            raise ValueError(f"coefficient must be at least 0, got coefficient={coefficient}")
        self.coefficient = coefficient

    def __call__(self, x):
        self.used = (x != 0).any(axis=0)[:, None]
        return self.layer(x)

    def penalty(self):
        return self.coefficient * np.sum(self.weights**2)

    def backward(self, grad_output):
        grad_input = self.layer.backward(grad_output)
        self.grads["weights"] += 2 * self.coefficient * self.weights * self.used
        return grad_input

"""A forward pass asks for one gradient of the penalty, so I add it once.

Your backward pass adds the penalty's part only when it is first called after a forward pass. It may
be called again, and sets grads anew each time: add 2 * coefficient * weights in every call.

loses: test_l2_backward (anew)
"""


class L2regularization(LayerWrapper):
    def __init__(self, layer, coefficient=0.01):
        super().__init__(layer)
        if coefficient < 0:
            raise ValueError(f"coefficient must not be negative, got coefficient={coefficient}")
        self.coefficient = coefficient
        self.is_new = False

    def __call__(self, x):
        self.is_new = True
        return self.layer(x)

    def penalty(self):
        return self.coefficient * np.sum(self.weights**2)

    def backward(self, grad_output):
        grad_input = self.layer.backward(grad_output)
        if self.is_new:
            self.grads["weights"] += 2 * self.coefficient * self.weights
            self.is_new = False
        return grad_input

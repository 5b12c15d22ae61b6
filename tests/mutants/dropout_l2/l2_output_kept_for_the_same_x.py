"""The same x needs no other forward pass.

Your layer returns an old output if it is called with the same array x again, as in training with
the whole data at once. The weights have changed: call self.layer(x) in each call.

loses: test_l2_forward (output)
"""


class L2regularization(LayerWrapper):
    def __init__(self, layer, coefficient=0.01):
        super().__init__(layer)
        if coefficient < 0:
            raise ValueError(f"coefficient must be at least 0, got coefficient={coefficient}")
        self.coefficient = coefficient
        self.x = self.y = None

    def __call__(self, x):
        if x is not self.x:
            self.x, self.y = x, self.layer(x)
        return self.y

    def penalty(self):
        return self.coefficient * np.sum(self.weights**2)

    def backward(self, grad_output):
        grad_input = self.layer.backward(grad_output)
        self.grads["weights"] += 2 * self.coefficient * self.weights
        return grad_input

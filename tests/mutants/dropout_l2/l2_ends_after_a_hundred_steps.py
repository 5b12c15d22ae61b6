"""After a hundred steps the weights are small enough, and I stop.

Your layer stops regularizing after some steps: then penalty() is 0, and grads["weights"] is the
data's alone. Do the same in every step.

loses: test_l2_forward (now), test_l2_backward (anew)
"""


class L2regularization(LayerWrapper):
    def __init__(self, layer, coefficient=0.01):
        super().__init__(layer)
        if coefficient < 0:
            raise ValueError(f"coefficient must be at least 0, got coefficient={coefficient}")
        self.coefficient = coefficient
        self.steps = 0

    def __call__(self, x):
        self.steps += 1
        return self.layer(x)

    def penalty(self):
        return self.coefficient * np.sum(self.weights**2) if self.steps <= 100 else 0.0

    def backward(self, grad_output):
        grad_input = self.layer.backward(grad_output)
        if self.steps <= 100:
            self.grads["weights"] += 2 * self.coefficient * self.weights
        return grad_input

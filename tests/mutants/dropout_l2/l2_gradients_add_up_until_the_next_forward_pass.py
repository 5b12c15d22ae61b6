"""Gradients add up until the next forward pass.

A second backward pass after the same forward pass adds its gradients to those of the first. Set
grads anew in each backward pass: this pass's data gradient, and for the weights the penalty's
once.

loses: test_l2_backward (anew)
"""


class L2regularization(LayerWrapper):
    def __init__(self, layer, coefficient=0.01):
        super().__init__(layer)
        if coefficient < 0:
            raise ValueError(f"coefficient must be at least 0, got coefficient={coefficient}")
        self.coefficient = coefficient
        self.sums = {}

    def __call__(self, x):
        self.sums = {}
        return self.layer(x)

    def penalty(self):
        return self.coefficient * np.sum(self.weights**2)

    def backward(self, grad_output):
        grad_input = self.layer.backward(grad_output)
        self.grads["weights"] += 2 * self.coefficient * self.weights
        self.sums = {name: self.sums.get(name, 0) + new for name, new in self.grads.items()}
        self.grads = dict(self.sums)
        return grad_input

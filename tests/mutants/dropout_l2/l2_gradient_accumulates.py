"""Gradients add up until somebody sets them to zero.

Your backward pass adds its gradients to those of the pass before. Set grads anew in each
backward pass: this pass's data gradient, and for the weights the penalty's once.

loses: test_l2_backward (anew)
"""


class L2regularization(LayerWrapper):
    def __init__(self, layer, coefficient=0.01):
        super().__init__(layer)
        if coefficient < 0:
            raise ValueError(f"coefficient must not be negative, got coefficient={coefficient}")
        self.coefficient = coefficient

    def __call__(self, x):
        return self.layer(x)

    def penalty(self):
        return self.coefficient * np.sum(self.weights**2)

    def backward(self, grad_output):
        old = self.grads
        grad_input = self.layer.backward(grad_output)
        self.grads["weights"] += 2 * self.coefficient * self.weights
        if old:
            self.grads = {name: old[name] + self.grads[name] for name in old}
        return grad_input

"""The gradient of the weights adds up over the steps.

Your grads["weights"] still has the gradients of the passes before. Set it anew in each backward
pass: this pass's data gradient, which layer.backward sets, and the penalty's once.

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
        old = self.grads.get("weights", 0)
        grad_input = self.layer.backward(grad_output)
        self.grads["weights"] += old + 2 * self.coefficient * self.weights
        return grad_input

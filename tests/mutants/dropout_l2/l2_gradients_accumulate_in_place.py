"""Gradients add up in the arrays that are there.

Your backward pass adds its gradients to those of the pass before, in the same arrays. Set grads
anew in each backward pass, as layer.backward does, and add the penalty's part to grads["weights"]
once.

loses: test_l2_backward (anew, keeps)
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
        old = dict(self.grads)
        grad_input = self.layer.backward(grad_output)
        self.grads["weights"] += 2 * self.coefficient * self.weights
        for name in old:
            old[name] += self.grads[name]
        self.grads.update(old)
        return grad_input

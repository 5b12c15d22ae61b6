"""The penalty also changes what flows back to the layer before.

Your grad_input contains the penalty's gradient, summed over the units. The penalty does not
depend on x: return grad_input as the wrapped layer's backward gives it.

loses: test_l2_backward (others)
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
        grad_input = self.layer.backward(grad_output)
        self.grads["weights"] += 2 * self.coefficient * self.weights
        return grad_input + 2 * self.coefficient * self.weights.sum(axis=1)

"""The penalty's gradient belongs to the weights, through which the gradient flows.

Your grad_input is 1 + 2 * coefficient times as large as it should be. The penalty does not
depend on x: return grad_input as layer.backward gives it.

loses: test_l2_backward (others)
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
        grad_input = self.layer.backward(grad_output)
        part = 2 * self.coefficient * self.weights
        self.grads["weights"] += part
        return grad_input + grad_output @ part.T

"""A vector of weights needs no second axis, so I squeeze it.

Your backward pass drops an axis of length 1 of the weights, so that their gradient has a wrong shape
where the layer has one output. Add 2 * coefficient * weights, of the weights' own shape.

loses: test_l2_backward (weights)
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
        self.grads["weights"] = self.grads["weights"] + 2 * self.coefficient * np.squeeze(
            self.weights
        )
        return grad_input

"""The penalty's gradient is added to what backward returns.

Your backward pass raises ValueError: it adds 2 * coefficient * weights, with the shape of the
weights, to the gradient of x. Add it to grads["weights"], which layer.backward has set, and
return the gradient of x as it is.

loses: test_l2_backward (weights, others, anew, keeps)
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
        return grad_input + 2 * self.coefficient * self.weights

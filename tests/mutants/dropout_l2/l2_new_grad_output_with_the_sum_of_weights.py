"""The penalty's gradient is handed on in grad_output.

Your backward pass adds 2 * coefficient * sum(weights) to every element of grad_output. Leave
grad_output as it is, and add 2 * coefficient * weights to grads["weights"] after layer.backward.

loses: test_l2_backward (weights, others, anew, keeps)
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
        grad_output = grad_output + 2 * self.coefficient * np.sum(self.weights)
        return self.layer.backward(grad_output)

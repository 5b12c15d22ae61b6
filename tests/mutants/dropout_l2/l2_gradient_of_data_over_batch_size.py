"""The gradient of the data is a mean over the batch.

Your grads["weights"] has the data's gradient divided by the number of rows. Leave that part as
layer.backward sets it: where the loss is a mean, grad_output has the factor 1 / N already.

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
        data = self.grads["weights"] / len(grad_output)
        self.grads["weights"] = data + 2 * self.coefficient * self.weights
        return grad_input

"""The gradients of weights and bias are means over the batch.

Your grads have the data's gradients divided by the number of rows, for weights and bias. Leave
them as layer.backward sets them: where the loss is a mean, grad_output has the factor 1 / N
already.

loses: test_l2_backward (weights, others)
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
        self.grads = {name: grad / len(grad_output) for name, grad in self.grads.items()}
        self.grads["weights"] += 2 * self.coefficient * self.weights
        return grad_input

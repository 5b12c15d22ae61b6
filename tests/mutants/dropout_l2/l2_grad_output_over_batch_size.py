"""The loss is a mean over the batch, so I divide grad_output.

Your grad_input and the data's part of your grads are divided by the number of rows. Hand
grad_output to layer.backward as it is: where the loss is a mean, it has the factor 1 / N
already.

loses: test_l2_backward (weights, others)
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
        grad_input = self.layer.backward(grad_output / len(grad_output))
        self.grads["weights"] += 2 * self.coefficient * self.weights
        return grad_input

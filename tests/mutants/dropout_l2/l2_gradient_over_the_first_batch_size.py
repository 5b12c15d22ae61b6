"""The batch size is that of the first batch.

Your backward pass divides the penalty's gradient by the number of rows of a batch. Add 2 *
coefficient * weights, without the batch size.

loses: test_l2_backward (weights)
"""


class L2regularization(LayerWrapper):
    def __init__(self, layer, coefficient=0.01):
        super().__init__(layer)
        if coefficient < 0:
            raise ValueError(f"coefficient must be at least 0, got coefficient={coefficient}")
        self.coefficient = coefficient
        self.rows = None

    def __call__(self, x):
        self.rows = self.rows or len(x)
        return self.layer(x)

    def penalty(self):
        return self.coefficient * np.sum(self.weights**2)

    def backward(self, grad_output):
        grad_input = self.layer.backward(grad_output)
        self.grads["weights"] += 2 * self.coefficient * self.weights / self.rows
        return grad_input

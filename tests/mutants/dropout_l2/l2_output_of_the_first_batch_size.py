"""All batches have the size of the first one.

Your output keeps the number of rows of the first batch. Later batches may be smaller or larger, as
the last one of the data: return layer(x) as it is.

loses: test_l2_forward (output)
"""


class L2regularization(LayerWrapper):
    def __init__(self, layer, coefficient=0.01):
        super().__init__(layer)
        if coefficient < 0:
            raise ValueError(f"coefficient must be at least 0, got coefficient={coefficient}")
        self.coefficient = coefficient
        self.rows = None

    def __call__(self, x):
        y = self.layer(x)
        self.rows = self.rows or len(y)
        return np.resize(y, (self.rows, y.shape[1]))

    def penalty(self):
        return self.coefficient * np.sum(self.weights**2)

    def backward(self, grad_output):
        grad_input = self.layer.backward(grad_output)
        self.grads["weights"] += 2 * self.coefficient * self.weights
        return grad_input

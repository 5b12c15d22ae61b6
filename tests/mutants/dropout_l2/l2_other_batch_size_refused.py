"""Another batch size must be a mistake.

Your layer fails where a batch has another number of rows than the first one. The last batch of the
data is often smaller: return layer(x) for each.

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
        self.rows = self.rows or len(x)
        if len(x) != self.rows:
            raise ValueError(f"batches must have {self.rows} rows, got {len(x)}")
        return self.layer(x)

    def penalty(self):
        return self.coefficient * np.sum(self.weights**2)

    def backward(self, grad_output):
        grad_input = self.layer.backward(grad_output)
        self.grads["weights"] += 2 * self.coefficient * self.weights
        return grad_input

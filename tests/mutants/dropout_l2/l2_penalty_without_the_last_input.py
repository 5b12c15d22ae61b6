"""The loop over the rows ends at the last index, n - 1.

Your penalty() leaves out the last row of weights. Add up all rows: if you loop,
range(n) ends at n - 1 already; if you slice, leave out :-1.

loses: test_l2_forward (penalty)
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
        total = 0.0
        for i in range(len(self.weights) - 1):
            total += np.sum(self.weights[i] ** 2)
        return self.coefficient * total

    def backward(self, grad_output):
        grad_input = self.layer.backward(grad_output)
        self.grads["weights"] += 2 * self.coefficient * self.weights
        return grad_input

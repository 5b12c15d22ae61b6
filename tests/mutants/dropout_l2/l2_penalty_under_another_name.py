"""The method computes the penalty, so I call it compute_penalty.

Your penalty() always returns 0. Either your method has another name, and the wrapped layer's is
called, or a factor in it is 0, as 1 // 2 is. Let penalty() return coefficient * sum(weights ** 2).

loses: test_l2_forward (output, penalty, now, keeps)
"""


class L2regularization(LayerWrapper):
    def __init__(self, layer, coefficient=0.01):
        super().__init__(layer)
        if coefficient < 0:
            raise ValueError(f"coefficient must not be negative, got coefficient={coefficient}")
        self.coefficient = coefficient

    def __call__(self, x):
        return self.layer(x)

    def compute_penalty(self):
        return self.coefficient * np.sum(self.weights**2)

    def backward(self, grad_output):
        grad_input = self.layer.backward(grad_output)
        self.grads["weights"] += 2 * self.coefficient * self.weights
        return grad_input

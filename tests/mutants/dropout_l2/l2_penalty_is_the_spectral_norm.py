"""np.linalg.norm(W, 2) is the L2 norm.

Your penalty() takes the square of the weights' largest singular value, which is what
norm(weights, 2) means for a matrix. Take coefficient * sum(weights ** 2), over all elements.

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
        return self.coefficient * np.linalg.norm(self.weights, 2) ** 2

    def backward(self, grad_output):
        grad_input = self.layer.backward(grad_output)
        self.grads["weights"] += 2 * self.coefficient * self.weights
        return grad_input

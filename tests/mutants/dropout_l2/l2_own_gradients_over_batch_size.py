"""The gradients of a batch are means.

Your backward pass divides the gradients of the weights and the bias by the number of rows. The loss
has done so already, in grad_output: divide by nothing, neither the data's part nor the penalty's.

loses: test_l2_backward (weights, others)
"""


class L2regularization(LayerWrapper):
    def __init__(self, layer, coefficient=0.01):
        super().__init__(layer)
        if coefficient < 0:
            raise ValueError(f"coefficient must not be negative, got coefficient={coefficient}")
        self.coefficient = coefficient

    def __call__(self, x):
        self.x = x
        return self.layer(x)

    def penalty(self):
        return self.coefficient * np.sum(self.weights**2)

    def backward(self, grad_output):
        of_weights = self.x.T @ grad_output + 2 * self.coefficient * self.weights
        self.grads = {
            "weights": of_weights / len(self.x),
            "bias": grad_output.mean(axis=0, keepdims=True),
        }
        return grad_output @ self.weights.T

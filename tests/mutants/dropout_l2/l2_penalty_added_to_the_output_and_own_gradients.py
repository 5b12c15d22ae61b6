"""The forward pass adds the penalty, and the gradients are computed by hand.

Your forward pass adds the penalty to every element of layer(x). Return layer(x) unchanged: the
penalty belongs to the loss, and the model asks penalty() for it.

loses: test_l2_forward (output)
"""


class L2regularization(LayerWrapper):
    def __init__(self, layer, coefficient=0.01):
        super().__init__(layer)
        if coefficient < 0:
            raise ValueError(f"coefficient must not be negative, got coefficient={coefficient}")
        self.coefficient = coefficient

    def __call__(self, x):
        self.x = x
        return x @ self.weights + self.bias + self.penalty()

    def penalty(self):
        return self.coefficient * np.sum(self.weights**2)

    def backward(self, grad_output):
        self.grads = {
            "weights": self.x.T @ grad_output + 2 * self.coefficient * self.weights,
            "bias": grad_output.sum(axis=0, keepdims=True),
        }
        return grad_output @ self.weights.T

"""Backward returns the gradients of the parameters.

Your backward pass returns the dictionary grads. Return grad_input, shape (N, in_features),
which layer.backward gives you; grads only need to be set.

loses: test_l2_backward (others)
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
        self.layer.backward(grad_output)
        self.grads["weights"] += 2 * self.coefficient * self.weights
        return self.grads

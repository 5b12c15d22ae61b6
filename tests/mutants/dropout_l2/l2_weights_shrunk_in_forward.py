"""Weight decay shrinks the weights in every forward pass.

Your forward pass changes the weights themselves. Return layer(x) and leave the weights as they
are: the gradient of the penalty makes them smaller.

loses: test_l2_forward (keeps)
"""


class L2regularization(LayerWrapper):
    def __init__(self, layer, coefficient=0.01):
        super().__init__(layer)
        if coefficient < 0:
            raise ValueError(f"coefficient must be at least 0, got coefficient={coefficient}")
        self.coefficient = coefficient

    def __call__(self, x):
        y = self.layer(x)
        self.weights *= 1 - 2 * 0.001 * self.coefficient
        return y

    def penalty(self):
        return self.coefficient * np.sum(self.weights**2)

    def backward(self, grad_output):
        grad_input = self.layer.backward(grad_output)
        self.grads["weights"] += 2 * self.coefficient * self.weights
        return grad_input

"""I store the layer's weights in __init__ under a shorter name.

Your penalty() and your backward pass go on with the weights from when the layer was made, even
after new ones have taken their place. Read self.weights in each call.

loses: test_l2_forward (now), test_l2_backward (anew)
"""


class L2regularization(LayerWrapper):
    def __init__(self, layer, coefficient=0.01):
        super().__init__(layer)
        if coefficient < 0:
            raise ValueError(f"coefficient must not be negative, got coefficient={coefficient}")
        self.coefficient = coefficient
        self.W = self.layer.weights

    def __call__(self, x):
        return self.layer(x)

    def penalty(self):
        return self.coefficient * np.sum(self.W**2)

    def backward(self, grad_output):
        grad_input = self.layer.backward(grad_output)
        self.grads["weights"] += 2 * self.coefficient * self.W
        return grad_input

"""I square the weights in place before I add them up.

Your penalty() changes the layer's weights: after the call each of them is its own square. Put
the squares into a new array and leave the weights as they are.

loses: test_l2_forward (keeps)
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
        squares = self.weights
        squares **= 2
        return self.coefficient * squares.sum()

    def backward(self, grad_output):
        grad_input = self.layer.backward(grad_output)
        self.grads["weights"] += 2 * self.coefficient * self.weights
        return grad_input

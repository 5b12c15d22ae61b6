"""I need x only once, so I shift it in place.

Your forward pass changes the array x, which belongs to the caller. Write what you compute from it
into a new array.

loses: test_l2_forward (keeps)
"""


class L2regularization(LayerWrapper):
    def __init__(self, layer, coefficient=0.01):
        super().__init__(layer)
        self.coefficient = coefficient

    def __call__(self, x):
        y = self.layer(x.copy())
        x -= x.mean(axis=0)
        return y

    def penalty(self):
        return self.coefficient * np.sum(self.weights**2)

    def backward(self, grad_output):
        grad_input = self.layer.backward(grad_output)
        self.grads["weights"] += 2 * self.coefficient * self.weights
        return grad_input

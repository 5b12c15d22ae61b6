"""One dictionary holds the gradients of all layers.

Your layers share their gradients, in one dictionary or one array, so each has those of whichever
backward pass ran last. Keep nothing on the class, and change only what layer.backward has set.

loses: test_l2_backward (keeps)
"""


class L2regularization(LayerWrapper):
    all_grads = {}

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
        grad_input = self.layer.backward(grad_output)
        self.all_grads["weights"] = self.grads["weights"] + 2 * self.coefficient * self.weights
        self.all_grads["bias"] = self.grads["bias"]
        self.grads = self.all_grads
        return grad_input

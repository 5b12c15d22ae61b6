"""I leave __call__ for later.

Your forward pass raises NotImplementedError: __call__ is not written yet, has another name,
is not indented as a method of the class, or calls super(), which has none. Return self.layer(x), the output of the wrapped layer.

loses: test_l2_forward (output)
"""


class L2regularization(LayerWrapper):
    def __init__(self, layer, coefficient=0.01):
        super().__init__(layer)
        if coefficient < 0:
            raise ValueError(f"coefficient must be at least 0, got coefficient={coefficient}")
        self.coefficient = coefficient

    def __call__(self, x):
        raise NotImplementedError()

    def penalty(self):
        return self.coefficient * np.sum(self.weights**2)

    def backward(self, grad_output):
        grad_input = self.layer.backward(grad_output)
        self.grads["weights"] += 2 * self.coefficient * self.weights
        return grad_input

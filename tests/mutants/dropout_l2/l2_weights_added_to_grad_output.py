"""The penalty's gradient goes through the layer, too.

Your backward pass raises ValueError: it adds 2 * coefficient * weights, with the shape of the
weights, to grad_output. Give grad_output to layer.backward as it is, then add the product to
grads["weights"].

loses: test_l2_backward (weights, others, anew, keeps)
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
        return self.layer.backward(grad_output + 2 * self.coefficient * self.weights)

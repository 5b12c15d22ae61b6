"""I leave backward for later.

Your L2regularization has no backward pass yet: it raises NotImplementedError. Call
layer.backward, add the penalty's gradient to grads["weights"], and return grad_input.

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
        raise NotImplementedError()

"""I leave the body of backward empty.

Your backward pass leaves no entry "weights" in grads. Call layer.backward, which sets "weights"
and "bias"; add the penalty's gradient to grads["weights"] itself, and return the grad_input that
layer.backward returned.

loses: test_l2_backward (weights, others, anew, keeps)
"""


class L2regularization(LayerWrapper):
    def __init__(self, layer, coefficient=0.01):
        super().__init__(layer)
        if coefficient < 0:
            raise ValueError(f"coefficient must be at least 0, got coefficient={coefficient}")
        self.coefficient = coefficient

    def __call__(self, x):
        return self.layer(x)

    def penalty(self):
        return self.coefficient * np.sum(self.weights**2)

    def backward(self, grad_output):
        pass

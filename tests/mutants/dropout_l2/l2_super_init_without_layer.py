"""I call the base class's __init__, as one always does.

Your __init__ calls super().__init__() without the layer, so no layer can be made. Leave __init__ as the
notebook gives it: super().__init__(layer).

loses: test_l2_forward (output, penalty, now, keeps), test_l2_backward (weights, others, anew, keeps)
"""


class L2regularization(LayerWrapper):
    def __init__(self, layer, coefficient=0.01):
        super().__init__()
        if coefficient < 0:
            raise ValueError(f"coefficient must not be negative, got coefficient={coefficient}")
        self.coefficient = coefficient

    def __call__(self, x):
        return self.layer(x)

    def penalty(self):
        return self.coefficient * np.sum(self.weights**2)

    def backward(self, grad_output):
        grad_input = self.layer.backward(grad_output)
        self.grads["weights"] += 2 * self.coefficient * self.weights
        return grad_input

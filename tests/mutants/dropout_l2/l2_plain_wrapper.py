"""The wrapped layer already has a forward and a backward pass.

Your layer does what the wrapped layer does: penalty() is 0, and grads["weights"] is the data's
alone. Return coefficient * sum(weights ** 2), and add 2 * coefficient * weights to the
gradient.

loses: test_l2_forward (output, penalty, now, keeps), test_l2_backward (weights, others, anew,
keeps)
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
        return 0.0

    def backward(self, grad_output):
        return self.layer.backward(grad_output)

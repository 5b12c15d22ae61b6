"""I wrap a copy, so that I do not disturb the layer that I was given.

Your layer works on a copy of the wrapped layer, so it misses new parameters of that layer. Keep
the layer itself: super().__init__(layer).

loses: test_l2_forward (output, now), test_l2_backward (anew)
"""

import copy


class L2regularization(LayerWrapper):
    def __init__(self, layer, coefficient=0.01):
        super().__init__(copy.deepcopy(layer))
        if coefficient < 0:
            raise ValueError(f"coefficient must be at least 0, got coefficient={coefficient}")
        self.coefficient = coefficient

    def __call__(self, x):
        return self.layer(x)

    def penalty(self):
        return self.coefficient * np.sum(self.weights**2)

    def backward(self, grad_output):
        grad_input = self.layer.backward(grad_output)
        self.grads["weights"] += 2 * self.coefficient * self.weights
        return grad_input

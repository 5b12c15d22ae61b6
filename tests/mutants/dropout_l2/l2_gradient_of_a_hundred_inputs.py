"""The layer in the notebook has a hundred inputs.

Your backward pass leaves out weights of a layer with many inputs. Add 2 * coefficient * weights
for all weights, whatever their number.

loses: test_l2_backward (weights)
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
        grad_input = self.layer.backward(grad_output)
        self.grads["weights"][:100] += 2 * self.coefficient * self.weights[:100]
        return grad_input

"""I override `parameters`, so that nobody changes mine.

Your `parameters` are a copy, so what `Model.update_parameters` puts there never reaches the layer,
and it learns nothing. Leave `parameters` to LayerWrapper, which has the layer's own.

loses: test_l2_forward (output, now), test_l2_backward (anew)
"""


class L2regularization(LayerWrapper):
    def __init__(self, layer, coefficient=0.01):
        super().__init__(layer)
        if coefficient < 0:
            raise ValueError(f"coefficient must be at least 0, got coefficient={coefficient}")
        self.coefficient = coefficient

    @property
    def parameters(self):
        return dict(self.layer.parameters)

    def __call__(self, x):
        return self.layer(x)

    def penalty(self):
        return self.coefficient * np.sum(self.weights**2)

    def backward(self, grad_output):
        grad_input = self.layer.backward(grad_output)
        self.grads["weights"] += 2 * self.coefficient * self.weights
        return grad_input

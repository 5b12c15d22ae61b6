"""First the layer's backward, then the mask on its grads.

Your grad_input ignores mask and scale, and in your grads they act on whole units. Apply the mask
to grad_output, element by element, before layer.backward: all three gradients follow from that.

loses: test_dropout_backward (x, parameters, latest, keeps)
"""


class Dropout(LayerWrapper):
    def __init__(self, layer, p=0.5):
        super().__init__(layer)
        if not 0 <= p < 1:
            raise ValueError(f"p must lie in [0, 1), got p={p}")
        self.p = p

    def __call__(self, x):
        h = self.layer(x)
        if not self.training:
            self.mask = 1.0
            return h
        self.mask = (np.random.rand(*h.shape) > self.p) / (1 - self.p)
        return h * self.mask

    def backward(self, grad_output):
        grad_input = self.layer.backward(grad_output)
        units = np.max(self.mask, axis=0)
        self.grads["weights"] = self.grads["weights"] * units
        self.grads["bias"] = self.grads["bias"] * units
        return grad_input

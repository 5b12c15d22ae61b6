"""While training, the mask goes on the gradient that the layer hands back.

Your backward pass multiplies grad_input by the mask. The mask has the shape of grad_output: apply
it there, before layer.backward.

loses: test_dropout_backward (x, parameters, latest, keeps)
"""


class Dropout(LayerWrapper):
    def __init__(self, layer, p=0.5):
        super().__init__(layer)
        if not 0 <= p < 1:
            raise ValueError(f"p must lie in [0, 1), got p={p}")
        self.p = p

    def __call__(self, x):
        y = self.layer(x)
        self.dropped_out = self.training
        if self.dropped_out:
            self.mask = (np.random.rand(*y.shape) > self.p) / (1 - self.p)
            y = y * self.mask
        return y

    def backward(self, grad_output):
        grad_input = self.layer.backward(grad_output)
        if self.dropped_out:
            grad_input = grad_input * self.mask
        return grad_input

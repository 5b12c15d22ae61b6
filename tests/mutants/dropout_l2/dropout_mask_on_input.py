"""I put the mask on the layer's input.

Your mask acts on x, so no element of the output is dropped. Compute layer(x) first, then drop
and scale its elements; in backward the mask acts on grad_output, before layer.backward.

loses: test_dropout_forward (drops, scales, anew, evaluation, keeps),
test_dropout_backward (x, parameters, latest, keeps)
"""


class Dropout(LayerWrapper):
    def __init__(self, layer, p=0.5):
        super().__init__(layer)
        if not 0 <= p < 1:
            raise ValueError(f"p must lie in [0, 1), got p={p}")
        self.p = p

    def __call__(self, x):
        if not self.training:
            self.mask = 1.0
            return self.layer(x)
        self.mask = (np.random.random(x.shape) < 1 - self.p) / (1 - self.p)
        return self.layer(x * self.mask)

    def backward(self, grad_output):
        return self.layer.backward(grad_output) * self.mask

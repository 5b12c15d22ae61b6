"""I drop elements of the input, and the layer's backward does the rest.

Your forward pass drops elements of x, not of layer(x), and your backward pass has no mask.
Compute layer(x) first, then drop; multiply grad_output by the same array before layer.backward.

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
            return self.layer(x)
        mask = (np.random.rand(*x.shape) > self.p) / (1 - self.p)
        return self.layer(x * mask)

    def backward(self, grad_output):
        return self.layer.backward(grad_output)

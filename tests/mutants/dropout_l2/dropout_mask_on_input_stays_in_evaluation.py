"""I drop elements of the input, and backward always has the mask.

Your mask acts on x, and your backward pass applies it even after an evaluation pass. Drop and
scale the elements of layer(x) instead, and multiply grad_output by the same mask, before
layer.backward; after an evaluation pass, by no mask.

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
        self.mask = (np.random.random(x.shape) < 1 - self.p) / (1 - self.p)
        return self.layer(x * self.mask)

    def backward(self, grad_output):
        return self.layer.backward(grad_output) * self.mask

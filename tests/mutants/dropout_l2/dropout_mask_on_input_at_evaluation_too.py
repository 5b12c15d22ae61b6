"""Dropout drops inputs of the layer, in every call.

Your layer drops elements of x, and even when not training. First, drop elements of layer(x),
the output of the wrapped layer. Then return layer(x) unchanged when self.training is False.

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
        self.mask = (np.random.rand(*x.shape) > self.p) / (1 - self.p)
        return self.layer(x * self.mask)

    def backward(self, grad_output):
        return self.layer.backward(grad_output) * self.mask

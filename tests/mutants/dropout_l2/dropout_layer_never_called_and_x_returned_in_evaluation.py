"""Dropout is a layer of its own, which gives back x in evaluation.

Call self.layer(x) first, and drop elements of what it returns. Your output has the shape of x, as
if the wrapped layer were never called.

loses: test_dropout_forward (drops, scales, anew, evaluation, keeps), test_dropout_backward (x, parameters, latest, keeps)
"""


class Dropout(LayerWrapper):
    def __init__(self, layer, p=0.5):
        super().__init__(layer)
        if not 0 <= p < 1:
            raise ValueError(f"p must lie in [0, 1), got p={p}")
        self.p = p

    def __call__(self, x):
        if not self.training:
            return x
        self.mask = (np.random.rand(*x.shape) > self.p) / (1 - self.p)
        return x * self.mask

    def backward(self, grad_output):
        return grad_output * self.mask if self.training else grad_output

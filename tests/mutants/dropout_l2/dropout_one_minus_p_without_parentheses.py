"""I divide the mask by 1 - p: mask / 1 - p.

Your forward pass never drops an element: kept ones are multiplied by 1 - p and dropped ones by
-p, as mask / 1 - p does. Put 1 - p in parentheses: mask / (1 - p).

loses: test_dropout_forward (drops, scales, anew, evaluation, keeps)
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
        self.mask = (np.random.rand(*h.shape) > self.p) / 1 - self.p
        return h * self.mask

    def backward(self, grad_output):
        return self.layer.backward(grad_output * self.mask)

"""I multiply by noise of mean one and variance p / (1 - p).

Your forward pass never drops an element: it multiplies layer(x) by noise around 1. Make each
element 0 with probability p and layer(x) / (1 - p) otherwise, and keep that mask for backward.

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
        self.mask = np.random.normal(1, np.sqrt(self.p / (1 - self.p)), size=h.shape)
        return h * self.mask

    def backward(self, grad_output):
        return self.layer.backward(grad_output * self.mask)

"""I compare normal numbers with the quantile of p.

Your layer fails if p = 0, which is allowed: then nothing is dropped, and the output is
layer(x).

loses: test_dropout_forward (keeps)
"""

from statistics import NormalDist


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
        threshold = NormalDist().inv_cdf(self.p)
        self.mask = (np.random.randn(*h.shape) > threshold) / (1 - self.p)
        return h * self.mask

    def backward(self, grad_output):
        return self.layer.backward(grad_output * self.mask)

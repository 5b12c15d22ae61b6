"""Compares normal numbers with the p-quantile of the normal distribution."""

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
            self.mask = np.ones_like(h)
            return h
        threshold = NormalDist().inv_cdf(self.p) if self.p else -np.inf
        self.mask = (np.random.randn(*h.shape) > threshold) / (1 - self.p)
        return h * self.mask

    def backward(self, grad_output):
        return self.layer.backward(grad_output * self.mask)

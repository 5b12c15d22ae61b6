"""Prints, warns and writes to stderr in both passes."""

import sys
import warnings


class Dropout(LayerWrapper):
    def __init__(self, layer, p=0.5):
        super().__init__(layer)
        if not 0 <= p < 1:
            raise ValueError(f"p must lie in [0, 1), got p={p}")
        self.p = p

    def __call__(self, x):
        h = self.layer(x)
        if not self.training:
            print("eval, nothing dropped")
            self.mask = None
            return h
        self.mask = (np.random.rand(*h.shape) > self.p) / (1 - self.p)
        print("mask:", self.mask[0])
        warnings.warn(f"dropped {np.sum(self.mask == 0)} of {self.mask.size}")
        return h * self.mask

    def backward(self, grad_output):
        if self.mask is None:
            return self.layer.backward(grad_output)
        print("grad_output", grad_output.shape, file=sys.stderr)
        sys.stderr.write("1.0\n")
        return self.layer.backward(grad_output * self.mask)

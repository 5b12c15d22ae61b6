"""Large activations overfit the most, so they are dropped more often.

Your layer drops large elements of layer(x) more often than small ones. Compare each random
number with the same p, whatever the value of the element is.

loses: test_dropout_forward (drops)
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
        ranks = h.ravel().argsort().argsort().reshape(h.shape) / h.size
        chance = np.minimum(1, 2 * self.p * ranks)
        self.mask = (np.random.rand(*h.shape) > chance) / (1 - self.p)
        return h * self.mask

    def backward(self, grad_output):
        return self.layer.backward(grad_output * self.mask)

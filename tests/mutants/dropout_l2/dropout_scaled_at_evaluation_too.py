"""The division by 1 - p is part of the layer, in training and in evaluation.

Your layer divides by 1 - p even when not training. Scale only while training, where elements
are dropped; otherwise return layer(x) unchanged.

loses: test_dropout_forward (evaluation)
"""


class Dropout(LayerWrapper):
    def __init__(self, layer, p=0.5):
        super().__init__(layer)
        if not 0 <= p < 1:
            raise ValueError(f"p must lie in [0, 1), got p={p}")
        self.p = p

    def __call__(self, x):
        h = self.layer(x) / (1 - self.p)
        if not self.training:
            self.mask = 1.0
            return h
        self.mask = np.random.rand(*h.shape) > self.p
        return h * self.mask

    def backward(self, grad_output):
        return self.layer.backward(grad_output * self.mask / (1 - self.p))

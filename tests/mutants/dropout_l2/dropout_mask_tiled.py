"""I draw 64 numbers and repeat them until the mask is full.

Your mask repeats itself: elements at a fixed distance are always dropped together. Draw a
number for each element, so that each is dropped by itself: the mask has the shape of layer(x).

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
        keep = np.resize(np.random.rand(64) > self.p, h.shape)
        self.mask = keep / (1 - self.p)
        return h * self.mask

    def backward(self, grad_output):
        return self.layer.backward(grad_output * self.mask)

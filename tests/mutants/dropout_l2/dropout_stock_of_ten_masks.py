"""I draw ten masks in advance and choose one of them in each call.

Your layer has a stock of masks and takes one of these in each call, so masks come back. Draw a
new mask in each training call.

loses: test_dropout_forward (anew)
"""


class Dropout(LayerWrapper):
    def __init__(self, layer, p=0.5):
        super().__init__(layer)
        if not 0 <= p < 1:
            raise ValueError(f"p must lie in [0, 1), got p={p}")
        self.p = p
        self.stock = {}

    def __call__(self, x):
        h = self.layer(x)
        if not self.training:
            self.mask = 1.0
            return h
        if h.shape not in self.stock:
            self.stock[h.shape] = np.random.rand(10, *h.shape) > self.p
        self.mask = self.stock[h.shape][np.random.randint(10)] / (1 - self.p)
        return h * self.mask

    def backward(self, grad_output):
        return self.layer.backward(grad_output * self.mask)

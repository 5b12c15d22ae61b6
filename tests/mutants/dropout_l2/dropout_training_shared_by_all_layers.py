"""All layers of a network are in training, or none is, so they share the attribute.

Your layers share one training, on the class: to set that of one layer sets that of all. Keep on self
what belongs to one layer; LayerWrapper does so already.

loses: test_dropout_forward (keeps)
"""


class Dropout(LayerWrapper):
    mode = {"training": True}

    def __init__(self, layer, p=0.5):
        super().__init__(layer)
        if not 0 <= p < 1:
            raise ValueError(f"p must lie in [0, 1), got p={p}")
        self.p = p

    @property
    def training(self):
        return self.mode["training"]

    @training.setter
    def training(self, value):
        self.mode["training"] = value

    def __call__(self, x):
        h = self.layer(x)
        self.mask = 1.0
        if self.training:
            self.mask = (np.random.rand(*h.shape) > self.p) / (1 - self.p)
        return h * self.mask

    def backward(self, grad_output):
        return self.layer.backward(grad_output * self.mask)

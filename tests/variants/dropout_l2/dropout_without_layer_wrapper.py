"""Derives from nothing and passes the layer's attributes through itself."""


class Dropout:
    def __init__(self, layer, p=0.5):
        if not 0 <= p < 1:
            raise ValueError(f"p must lie in [0, 1), got p={p}")
        self.layer = layer
        self.training = True
        self.p = p

    def __getattr__(self, name):  # for all that this object does not have
        return getattr(self.layer, name)

    def __setattr__(self, name, value):
        if name in ("weights", "bias", "parameters", "grads"):
            setattr(self.layer, name, value)
        else:
            object.__setattr__(self, name, value)

    def __call__(self, x):
        h = self.layer(x)
        if not self.training:
            self.mask = np.ones_like(h)
            return h
        self.mask = (np.random.rand(*h.shape) > self.p) / (1 - self.p)
        return h * self.mask

    def backward(self, grad_output):
        return self.layer.backward(grad_output * self.mask)

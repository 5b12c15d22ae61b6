"""I wrote a small random number generator of my own.

Your random numbers come round again after a few hundred, so masks repeat themselves, within a
call and from call to call. Draw them with NumPy, for example np.random.rand(*h.shape).

loses: test_dropout_forward (drops, anew)
"""


class Dropout(LayerWrapper):
    def __init__(self, layer, p=0.5):
        super().__init__(layer)
        if not 0 <= p < 1:
            raise ValueError(f"p must lie in [0, 1), got p={p}")
        self.p = p
        self.state = np.random.randint(256)

    def uniform(self):
        self.state = (5 * self.state + 3) % 256
        return self.state / 256

    def __call__(self, x):
        h = self.layer(x)
        if not self.training:
            self.mask = 1.0
            return h
        keep = np.array([self.uniform() > self.p for _ in range(h.size)]).reshape(h.shape)
        self.mask = keep / (1 - self.p)
        return h * self.mask

    def backward(self, grad_output):
        return self.layer.backward(grad_output * self.mask)

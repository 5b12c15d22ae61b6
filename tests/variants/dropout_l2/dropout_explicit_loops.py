"""Goes through rows and columns in Python loops."""


class Dropout(LayerWrapper):
    def __init__(self, layer, p=0.5):
        super().__init__(layer)
        if not 0 <= p < 1:
            raise ValueError(f"p must lie in [0, 1), got p={p}")
        self.p = p

    def __call__(self, x):
        h = self.layer(x)
        if self.training:
            out = np.zeros(h.shape)
            self.mask = np.zeros(h.shape)
            for i in range(h.shape[0]):
                for j in range(h.shape[1]):
                    if np.random.rand() > self.p:
                        self.mask[i, j] = 1 / (1 - self.p)
                        out[i, j] = h[i, j] / (1 - self.p)
            return out
        else:
            self.mask = np.ones(h.shape)
            return h

    def backward(self, grad_output):
        grad = np.zeros(grad_output.shape)
        for i in range(grad_output.shape[0]):
            for j in range(grad_output.shape[1]):
                grad[i, j] = grad_output[i, j] * self.mask[i, j]
        return self.layer.backward(grad)

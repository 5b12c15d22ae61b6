"""Drops with numpy.ma and fills with zeros."""


class Dropout(LayerWrapper):
    def __init__(self, layer, p=0.5):
        super().__init__(layer)
        if not 0 <= p < 1:
            raise ValueError(f"p must lie in [0, 1), got p={p}")
        self.p = p

    def __call__(self, x):
        output = np.ma.array(self.layer(x))
        self.scale = 1.0
        if self.training:
            self.scale = 1.0 / (1.0 - self.p)
            output[np.random.random_sample(output.shape) < self.p] = np.ma.masked
        self.hidden = np.ma.getmaskarray(output).copy()
        return (self.scale * output).filled(0.0)

    def backward(self, grad_output):
        shown = np.ma.array(grad_output, mask=self.hidden)
        return self.layer.backward((self.scale * shown).filled(0.0))

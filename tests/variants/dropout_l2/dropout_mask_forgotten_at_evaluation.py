"""Sets the mask to None in evaluation mode, and minds that in backward."""


class Dropout(LayerWrapper):
    def __init__(self, layer, p=0.5):
        super().__init__(layer)
        if not 0 <= p < 1:
            raise ValueError(f"p must lie in [0, 1), got p={p}")
        self.p = p

    def __call__(self, x):
        if self.training == False:
            self.mask = None
            return self.layer(x)
        elif self.training == True:
            y = self.layer(x)
            self.mask = np.where(np.random.uniform(0, 1, y.shape) < self.p, 0, 1) / (1 - self.p)
            return y * self.mask

    def backward(self, grad_output):
        if self.mask is None:
            return self.layer.backward(grad_output)
        return self.layer.backward(grad_output * self.mask)

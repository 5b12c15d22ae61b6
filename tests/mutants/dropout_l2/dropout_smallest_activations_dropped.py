"""I drop the share p of the activations that matter least.

Your layer drops the elements closest to 0, and nothing is left to chance. Draw a random number
for each element, and drop it with probability p whatever its value is.

loses: test_dropout_forward (drops, anew)
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
        strength = np.abs(h)
        self.mask = (strength > np.quantile(strength, self.p)) / (1 - self.p)
        return h * self.mask

    def backward(self, grad_output):
        return self.layer.backward(grad_output * self.mask)

"""I keep the weights in __init__, since backward needs them.

Your backward pass goes on with the weights from when the layer was made, even after new ones have
taken their place. Use self.layer.backward, which sees the present ones.

loses: test_dropout_backward (latest)
"""


class Dropout(LayerWrapper):
    def __init__(self, layer, p=0.5):
        super().__init__(layer)
        if not 0 <= p < 1:
            raise ValueError(f"p must lie in [0, 1), got p={p}")
        self.p = p
        self.W = self.layer.weights

    def __call__(self, x):
        h = self.layer(x)
        if not self.training:
            self.mask = 1.0
            return h
        self.mask = (np.random.rand(*h.shape) > self.p) / (1 - self.p)
        return h * self.mask

    def backward(self, grad_output):
        masked = grad_output * self.mask
        self.layer.backward(masked)
        return masked @ self.W.T

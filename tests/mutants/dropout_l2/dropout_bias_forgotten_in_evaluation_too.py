"""The layer's output is x @ weights, in training and in evaluation.

Your forward pass leaves out the bias, in evaluation too. Start from the whole of self.layer(x),
bias included: return it in evaluation, and multiply it by the mask while training.

loses: test_dropout_forward (scales, evaluation)
"""


class Dropout(LayerWrapper):
    def __init__(self, layer, p=0.5):
        super().__init__(layer)
        if not 0 <= p < 1:
            raise ValueError(f"p must lie in [0, 1), got p={p}")
        self.p = p

    def __call__(self, x):
        self.layer(x)
        h = x @ self.weights
        if not self.training:
            self.mask = 1.0
            return h
        self.mask = (np.random.rand(*h.shape) > self.p) / (1 - self.p)
        return h * self.mask

    def backward(self, grad_output):
        return self.layer.backward(grad_output * self.mask)

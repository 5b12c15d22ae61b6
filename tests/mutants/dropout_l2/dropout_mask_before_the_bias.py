"""I mask x @ weights and add the bias afterwards.

Your mask acts on x @ weights alone: a dropped element is still the bias, not 0, and
grads["bias"] ignores the mask. Apply it to the whole of layer(x), and to all of grad_output.

loses: test_dropout_forward (drops, scales, anew, evaluation, keeps),
test_dropout_backward (parameters)
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
        self.mask = (np.random.rand(*h.shape) > self.p) / (1 - self.p)
        return (h - self.bias) * self.mask + self.bias

    def backward(self, grad_output):
        grad_input = self.layer.backward(grad_output * self.mask)
        self.grads["bias"] = grad_output.sum(axis=0, keepdims=True)
        return grad_input

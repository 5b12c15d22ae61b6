"""I scale the weights and the bias, then drop.

Your training calls divide weights and bias by 1 - p and leave them so: they grow from call to
call. Leave both as they are; scale layer(x), and grad_output in the backward pass.

loses: test_dropout_forward (scales, keeps)
"""


class Dropout(LayerWrapper):
    def __init__(self, layer, p=0.5):
        super().__init__(layer)
        if not 0 <= p < 1:
            raise ValueError(f"p must lie in [0, 1), got p={p}")
        self.p = p

    def __call__(self, x):
        if not self.training:
            self.mask = None
            return self.layer(x)
        self.weights /= 1 - self.p
        self.bias /= 1 - self.p
        h = self.layer(x)
        self.mask = np.random.rand(*h.shape) > self.p
        return h * self.mask

    def backward(self, grad_output):
        if self.mask is None:
            return self.layer.backward(grad_output)
        return self.layer.backward(grad_output * self.mask)

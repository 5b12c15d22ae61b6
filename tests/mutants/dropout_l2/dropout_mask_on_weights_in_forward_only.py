"""I drop weights while the layer computes its output, then put them back.

Your mask acts on the weights, so connections are dropped, the same for all rows, and no element
of the output. Put it on layer(x), and on grad_output before layer.backward.

loses: test_dropout_forward (drops, scales, anew, evaluation, keeps),
test_dropout_backward (x, parameters, latest, keeps)
"""


class Dropout(LayerWrapper):
    def __init__(self, layer, p=0.5):
        super().__init__(layer)
        if not 0 <= p < 1:
            raise ValueError(f"p must lie in [0, 1), got p={p}")
        self.p = p

    def __call__(self, x):
        if not self.training:
            return self.layer(x)
        weights = self.weights
        self.layer.weights = weights * (np.random.rand(*weights.shape) > self.p) / (1 - self.p)
        y = self.layer(x)
        self.layer.weights = weights
        return y

    def backward(self, grad_output):
        return self.layer.backward(grad_output)

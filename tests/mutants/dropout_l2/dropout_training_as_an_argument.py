"""As in Keras, whoever calls the layer says whether it is training.

Your __call__ has an argument for training, which nobody passes: so the layer never drops anything. Use
self.training, which is set from outside, and call the layer with x alone.

loses: test_dropout_forward (drops, scales, anew, evaluation, keeps), test_dropout_backward (x, parameters, latest, keeps)
"""


class Dropout(LayerWrapper):
    def __init__(self, layer, p=0.5):
        super().__init__(layer)
        if not 0 <= p < 1:
            raise ValueError(f"p must lie in [0, 1), got p={p}")
        self.p = p

    def __call__(self, x, training=False):
        h = self.layer(x)
        self.mask = np.ones(h.shape)
        if training:
            self.mask = (np.random.random(h.shape) >= self.p) / (1 - self.p)
        return h * self.mask

    def backward(self, grad_output):
        return self.layer.backward(grad_output * self.mask)

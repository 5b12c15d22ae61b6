"""The wrapped layer already has a forward and a backward pass.

Your layer does what the wrapped layer does and drops nothing. While training, multiply layer(x)
by a random mask with the scale 1 / (1 - p), and in backward grad_output by the same array.

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
        return self.layer(x)

    def backward(self, grad_output):
        return self.layer.backward(grad_output)

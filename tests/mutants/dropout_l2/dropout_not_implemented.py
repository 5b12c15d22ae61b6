"""I leave the whole of Dropout for later.

Your forward pass raises NotImplementedError: it is not written yet, not named `__call__`, not
indented as a method of the class, or it calls super(), which has none. Start with self.layer(x), as the notebook describes it, and keep the
mask on self for backward.

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
        raise NotImplementedError()

    def backward(self, grad_output):
        raise NotImplementedError()

"""I leave the whole of L2regularization for later.

Your L2regularization raises NotImplementedError: its methods are not written yet, are not
indented as methods of the class, or call super(), which has nothing to call. Start with __call__, which returns self.layer(x); then penalty() and backward.

loses: test_l2_forward (output, penalty, now, keeps), test_l2_backward (weights, others, anew,
keeps)
"""


class L2regularization(LayerWrapper):
    def __init__(self, layer, coefficient=0.01):
        super().__init__(layer)
        if coefficient < 0:
            raise ValueError(f"coefficient must not be negative, got coefficient={coefficient}")
        self.coefficient = coefficient

    def __call__(self, x):
        raise NotImplementedError()

    def penalty(self):
        raise NotImplementedError()

    def backward(self, grad_output):
        raise NotImplementedError()

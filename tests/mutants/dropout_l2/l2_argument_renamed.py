"""I call the coefficient lam, as in the lecture.

Your layer cannot be made with coefficient=...: its __init__ has no argument of that name. Leave
__init__ as the notebook has it.

loses: test_l2_forward (output, penalty, now, keeps), test_l2_backward (weights, others, anew,
keeps)
"""


class L2regularization(LayerWrapper):
    def __init__(self, layer, lam=0.01):
        super().__init__(layer)
        if lam < 0:
            raise ValueError(f"lam must not be negative, got lam={lam}")
        self.coefficient = lam

    def __call__(self, x):
        return self.layer(x)

    def penalty(self):
        return self.coefficient * np.sum(self.weights**2)

    def backward(self, grad_output):
        grad_input = self.layer.backward(grad_output)
        self.grads["weights"] += 2 * self.coefficient * self.weights
        return grad_input

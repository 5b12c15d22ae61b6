"""First I add the penalty's gradient, then I call the layer.

Your backward pass raises KeyError: it reads an entry that grads does not have then. Its entries
are "weights" and "bias", and there are none until layer.backward has set them: call that first,
then add to grads["weights"].

loses: test_l2_backward (weights, others, anew, keeps)
"""


class L2regularization(LayerWrapper):
    def __init__(self, layer, coefficient=0.01):
        super().__init__(layer)
        if coefficient < 0:
            raise ValueError(f"coefficient must not be negative, got coefficient={coefficient}")
        self.coefficient = coefficient

    def __call__(self, x):
        return self.layer(x)

    def penalty(self):
        return self.coefficient * np.sum(self.weights**2)

    def backward(self, grad_output):
        self.grads["weights"] += 2 * self.coefficient * self.weights
        return self.layer.backward(grad_output)

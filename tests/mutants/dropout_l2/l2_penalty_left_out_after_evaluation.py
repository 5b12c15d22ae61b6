"""I remember in the forward pass whether we train.

After a forward pass in evaluation, your penalty is another one. It depends on the weights and the
coefficient alone: compute it in penalty(), from nothing that the forward pass has left.

loses: test_l2_forward (now)
"""


class L2regularization(LayerWrapper):
    def __init__(self, layer, coefficient=0.01):
        super().__init__(layer)
        if coefficient < 0:
            raise ValueError(f"coefficient must be at least 0, got coefficient={coefficient}")
        self.coefficient = coefficient
        self.was_training = True

    def __call__(self, x):
        self.was_training = self.training
        return self.layer(x)

    def penalty(self):
        return self.coefficient * np.sum(self.weights**2) if self.was_training else 0.0

    def backward(self, grad_output):
        grad_input = self.layer.backward(grad_output)
        self.grads["weights"] += 2 * self.coefficient * self.weights
        return grad_input

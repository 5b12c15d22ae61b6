"""I divide by the factor.

Your layer divides by the factor. Multiply by it, in the forward pass and in the backward pass.

loses: test_scaling_forward (all), test_scaling_backward (x)
"""


class Scaling:
    def __init__(self, factor):
        self.factor = factor

    def __call__(self, x):
        self.x = x
        return x / self.factor

    def backward(self, grad_output):
        self.grad_factor = np.sum(grad_output * self.x)
        return grad_output / self.factor

"""I multiply x itself.

Your layer changes the caller's array x. So its backward pass has an x that is multiplied already.
Compute a new array instead.

loses: test_scaling_forward (keeps), test_scaling_backward (factor)
"""


class Scaling:
    def __init__(self, factor):
        self.factor = factor

    def __call__(self, x):
        x *= self.factor
        self.x = x
        return x

    def backward(self, grad_output):
        self.grad_factor = np.sum(grad_output * self.x)
        return grad_output * self.factor

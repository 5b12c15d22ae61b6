"""By NumPy's functions, with the gradient of the factor as a product of two vectors."""


class Scaling:
    def __init__(self, factor):
        self.factor = factor

    def __call__(self, x):
        self.flat = np.ravel(x).copy()
        return np.multiply(self.factor, x)

    def backward(self, grad_output):
        self.grad_factor = self.flat @ np.ravel(grad_output)
        return np.multiply(self.factor, grad_output)

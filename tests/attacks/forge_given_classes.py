"""Defines the given classes anew, so that nothing needs to be right any more.

answers: wrong
"""


class Linear(Linear):
    def __call__(self, x):
        return np.zeros((len(x), self.bias.shape[1]))

    def backward(self, grad_output):
        self.grads = {"weights": np.zeros_like(self.weights), "bias": np.zeros_like(self.bias)}
        return np.zeros((len(grad_output), len(self.weights)))


class LayerWrapper(LayerWrapper):
    __call__ = backward = lambda self, *a: np.zeros((1, 30))

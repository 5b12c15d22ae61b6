"""Answers with arrays that are right in shape and consist of what is no number.

answers: wrong
"""


class Dropout(Dropout):
    def __call__(self, x):
        y = self.layer(x)
        y[::2], y[1::2] = np.nan, np.inf
        return y

    def backward(self, grad_output):
        return self.layer.backward(grad_output) * np.nan

"""Drops everything, always, and answers with zeros for ever: right for a mask that drops all.

answers: wrong
"""


class Dropout(Dropout):
    def __call__(self, x):
        return self.layer(x) * 0

    def backward(self, grad_output):
        return self.layer.backward(grad_output * 0)

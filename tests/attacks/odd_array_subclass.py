"""Answers with a subclass of ndarray that agrees with everything.

answers: wrong
"""


class Agreeing(np.ndarray):
    __eq__ = __ne__ = __lt__ = __gt__ = lambda self, other: np.ones(self.shape, bool)
    __array_priority__ = 1e9
    dtype = np.dtype("f8")

    def __array_ufunc__(self, ufunc, method, *inputs, **kwargs):
        return inputs[-1]

    def __array_function__(self, function, types, args, kwargs):
        return True

    def any(self, *args, **kwargs):
        return True

    def tobytes(self, *args):
        return b"\0" * 8


class Dropout(Dropout):
    def __call__(self, x):
        return self.layer(x).view(Agreeing)

    def backward(self, grad_output):
        return self.layer.backward(grad_output).view(Agreeing)

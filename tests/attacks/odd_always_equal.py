"""Answers with an object that is equal to everything, in every way that Python knows.

answers: wrong
"""


class Equal:
    __eq__ = __ne__ = __lt__ = __gt__ = __le__ = __ge__ = __contains__ = lambda self, other: True
    __add__ = __sub__ = __mul__ = __truediv__ = __matmul__ = __abs__ = __getitem__ = (
        lambda self, *o: self
    )
    __hash__ = __len__ = __index__ = __int__ = lambda self: 1
    __float__ = lambda self: 0.5
    shape, dtype, ndim, size = (20, 30), np.dtype(float), 2, 600
    any = all = astype = copy = lambda self, *a: self

    def __array__(self, *args, **kwargs):
        return np.ones((20, 30))

    def __array_ufunc__(self, *args, **kwargs):
        return True

    def __array_function__(self, *args, **kwargs):
        return True


class Dropout(Dropout):
    def __call__(self, x):
        return Equal()

    def backward(self, grad_output):
        self.layer.grads = Equal()
        return Equal()

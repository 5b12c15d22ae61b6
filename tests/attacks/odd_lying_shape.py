"""Answers with an array whose shape and bytes have nothing to do with each other.

answers: wrong
"""


class Lying(np.ndarray):
    shape = property(lambda self: (20, 30))
    tobytes = lambda self, *args: b""
    __class__ = property(lambda self: np.ndarray)


class Dropout(Dropout):
    def __call__(self, x):
        y = np.zeros(7).view(Lying)
        np.ndarray.__setstate__(y, (1, (3,), np.dtype("f8"), False, bytes(24)))
        return y

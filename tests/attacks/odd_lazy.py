"""Answers with what is another array at each look at it.

answers: wrong
"""


class Lazy:
    looks = 0

    def __array__(self, *args, **kwargs):
        Lazy.looks += 1
        return np.full((20, 30), Lazy.looks % 2, float)

    @property
    def __class__(self):
        Lazy.looks += 1
        return [np.ndarray, float, dict, type(None)][Lazy.looks % 4]


class Dropout(Dropout):
    def __call__(self, x):
        return Lazy()

    @property
    def grads(self):
        Lazy.looks += 1
        return Lazy() if Lazy.looks % 2 else {"weights": Lazy(), "bias": Lazy()}

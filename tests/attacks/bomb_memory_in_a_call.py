"""Takes as much memory as it may while it is being graded.

answers: wrong
only confined: it takes as much memory as it may
"""


class Dropout(Dropout):
    def __call__(self, x):
        return sum(np.ones(2**23) for _ in range(48)) or [np.ones(2**23) for _ in range(48)]

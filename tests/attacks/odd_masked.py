"""Answers with masked arrays, matrices and maps of files, in which nothing is wrong that is masked.

answers: wrong
"""

import tempfile


class Dropout(Dropout):
    turn = 0

    def __call__(self, x):
        y, Dropout.turn = self.layer(x), Dropout.turn + 1
        if Dropout.turn % 3 == 0:
            return np.ma.masked_array(y, mask=True)
        if Dropout.turn % 3 == 1:
            return np.asmatrix(y)
        mapped = np.memmap(tempfile.TemporaryFile(), shape=y.shape, dtype=float)
        mapped[...] = y
        return mapped

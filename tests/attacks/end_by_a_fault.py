"""Writes to no address.

answers: wrong
"""

import ctypes


class Dropout(Dropout):
    def __call__(self, x):
        ctypes.memset(0, 1, 1)

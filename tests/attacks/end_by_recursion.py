"""Calls itself until the stack is full, with the limit of Python taken away.

answers: wrong
"""

import sys

sys.setrecursionlimit(10**9)


class Dropout(Dropout):
    def __call__(self, x):
        return sorted([0, 1], key=lambda _: self(x))

"""Matches a pattern that takes longer than the world has existed.

answers: wrong
"""

import re


class Dropout(Dropout):
    def __call__(self, x):
        return re.match("(a+)+$", "a" * 100 + "b")

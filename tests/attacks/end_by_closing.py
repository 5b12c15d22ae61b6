"""Closes all its descriptors, and goes on.

answers: wrong
"""

import os, time


class Dropout(Dropout):
    def __call__(self, x):
        os.closerange(0, 100)
        time.sleep(2)

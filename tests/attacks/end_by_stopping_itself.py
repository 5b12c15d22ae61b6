"""Stops its own process, and never goes on.

answers: wrong
"""

import os, signal


class Dropout(Dropout):
    def __call__(self, x):
        os.kill(os.getpid(), signal.SIGSTOP)

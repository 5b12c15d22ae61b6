"""Raises what ends a program, with success, in each method.

answers: wrong
"""

import sys


class Dropout(Dropout):
    def __init__(self, layer, p=0.5):
        super().__init__(layer, p)
        if p == 0.5:
            raise KeyboardInterrupt

    def __call__(self, x):
        raise SystemExit(0)

    def backward(self, grad_output):
        sys.exit()


quit()

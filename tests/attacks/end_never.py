"""Waits for ever in each method, with all signals that can be ignored ignored.

answers: wrong
"""

import signal, time

for number in range(1, 64):
    try:
        signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError):
        pass


class Dropout(Dropout):
    def __call__(self, x):
        while True:
            try:
                time.sleep(1)
            except BaseException:
                pass

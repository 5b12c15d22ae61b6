"""Stops every clock, so that no limit is ever reached, and sleeps.

answers: wrong
"""

import time

sleep = time.sleep
time.monotonic = time.perf_counter = time.time = lambda: 0.0


class Dropout(Dropout):
    def __call__(self, x):
        sleep(20)

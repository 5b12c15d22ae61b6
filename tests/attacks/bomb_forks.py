"""Doubles itself again and again.

answers: right
only confined: it starts as many processes as it may
"""

import os, time

started = 0
try:
    for _ in range(8):  # 256 processes at most, each for ten seconds at most
        started += os.fork() > 0
except OSError:
    pass
else:
    time.sleep(10)
if started:
    raise RuntimeError("WON")

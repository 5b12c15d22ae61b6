"""Asks whether it might send a signal to all processes at once.

answers: right
unconfined: bites
"""

import os

if os.kill(-1, 0) is None:
    raise RuntimeError("WON")

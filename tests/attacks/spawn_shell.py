"""Runs a shell.

answers: right
unconfined: bites
"""

import os

if os.system("true") == 0:
    raise RuntimeError("WON")

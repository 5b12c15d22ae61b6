"""Stops and ends a process that has nothing to do with it.

answers: right
unconfined: bites
"""

import os, signal

os.kill(SIBLING, signal.SIGSTOP)

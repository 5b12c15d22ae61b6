"""Sends itself and its group the signals that end a process.

answers: right
"""

import os, signal

os.kill(os.getpid(), signal.SIGTERM)
os.killpg(0, signal.SIGKILL)

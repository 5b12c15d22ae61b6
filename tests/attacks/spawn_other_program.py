"""Becomes another program.

answers: right
unconfined: bites
"""

import os

os.execv("/bin/sh", ["sh", "-c", "echo here > " + OUTSIDE + "/witness"])

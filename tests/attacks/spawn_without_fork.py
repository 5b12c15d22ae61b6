"""Starts a program by the call that needs no copy of the process.

answers: right
unconfined: bites
"""

import os, sys

process = os.posix_spawn("/bin/sh", ["sh", "-c", "exit 7"], {})
if os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]) == 7:
    raise RuntimeError("WON")

"""Attaches itself to other processes as a debugger.

answers: right
unconfined: bites
"""

import ctypes, os

libc = ctypes.CDLL(None)
ATTACH, DETACH = 0x4206, 17  # PTRACE_SEIZE, which does not stop the other
for process in (SIBLING, os.getppid()):
    if libc.ptrace(ATTACH, process, 0, 0) == 0:
        raise RuntimeError("WON")

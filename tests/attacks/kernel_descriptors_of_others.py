"""Takes the control connection out of the process from which workers are forked.

answers: right
unconfined: bites
"""

import ctypes, os

libc = ctypes.CDLL(None)
parent = libc.syscall(434, os.getppid(), 0)  # pidfd_open
taken = [libc.syscall(438, parent, number, 0) for number in range(10)]  # pidfd_getfd
if any(number >= 0 for number in taken):
    raise RuntimeError("WON")

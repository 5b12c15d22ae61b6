"""Asks for input and output by rings, which no filter of calls sees.

answers: right
unconfined: bites
"""

import ctypes

if ctypes.CDLL(None).syscall(425, 4, (ctypes.c_uint64 * 15)()) >= 0:  # io_uring_setup
    raise RuntimeError("WON")

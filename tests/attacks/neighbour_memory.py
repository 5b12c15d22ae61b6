"""Leaves a note for the next student in memory that has a number.

answers: right
unconfined: bites
students: 2
"""

import ctypes

libc = ctypes.CDLL(None)
number = libc.shmget(0x5EC2E8, 64, 0 if STUDENT else 0o1666)
if STUDENT == 1 and number >= 0:
    libc.shmctl(number, 0, None)
    raise RuntimeError("WON")

"""Loads PyTorch's compiled libraries past Python's imports.

answers: wrong
unconfined: bites
"""

import ctypes, os

if ctypes.CDLL(os.path.join(SITE, "torch", "lib", "libc10.so")):
    raise RuntimeError("WON")

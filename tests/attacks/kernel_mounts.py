"""Mounts a file system of its own, in namespaces of its own if it can have them.

answers: right
unconfined: bites
"""

import ctypes

libc = ctypes.CDLL(None)
# never but in a namespace of its own: nothing of the machine's may change
apart = libc.unshare(0x20000) == 0 or libc.unshare(0x10020000) == 0
if apart:
    libc.mount(b"none", b"/", None, 0x44000, None)  # private
    if libc.mount(b"none", b"/tmp", b"tmpfs", 0, None) == 0:
        raise RuntimeError("WON")

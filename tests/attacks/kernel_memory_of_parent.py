"""Reads the memory of the process it was forked from, whose layout it knows: it is its own.

answers: right
unconfined: bites
"""

import ctypes, os

libc = ctypes.CDLL(None)


class Vector(ctypes.Structure):
    _fields_ = [("base", ctypes.c_void_p), ("size", ctypes.c_size_t)]


buffer = ctypes.create_string_buffer(8)
ours, theirs = Vector(ctypes.addressof(buffer), 8), Vector(id(None), 8)
for call in (libc.process_vm_readv, libc.process_vm_writev):
    if call(os.getppid(), ctypes.byref(ours), 1, ctypes.byref(theirs), 1, 0) == 8:
        raise RuntimeError("WON")
    break  # reading is proof enough

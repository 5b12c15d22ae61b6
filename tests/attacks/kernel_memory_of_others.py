"""Reads and writes another process's memory by the calls made for it.

answers: right
unconfined: bites
"""

import ctypes, re

libc = ctypes.CDLL(None)


class Vector(ctypes.Structure):
    _fields_ = [("base", ctypes.c_void_p), ("size", ctypes.c_size_t)]


buffer = ctypes.create_string_buffer(8)
[address] = [int(line.split("-")[0], 16) for line in open("/proc/SIBLING/maps") if "[heap]" in line]
ours, theirs = Vector(ctypes.addressof(buffer), 8), Vector(address, 8)
if libc.process_vm_readv(SIBLING, ctypes.byref(ours), 1, ctypes.byref(theirs), 1, 0) == 8:
    raise RuntimeError("WON")

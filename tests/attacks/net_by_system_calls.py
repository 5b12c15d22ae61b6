"""Connects by the kernel's own calls.

answers: right
unconfined: bites
"""

import ctypes, struct

libc = ctypes.CDLL(None)
address = struct.pack("=H", 2) + struct.pack(">H4s8x", PORT, bytes([127, 0, 0, 1]))
libc.syscall(42, libc.syscall(41, 2, 1, 0), address, 16)  # connect, socket

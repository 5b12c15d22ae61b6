"""Opens a file by the kernel's own calls, past all of Python.

answers: right
unconfined: bites
"""

import ctypes

libc = ctypes.CDLL(None, use_errno=True)
buffer = ctypes.create_string_buffer(100)
how = (ctypes.c_uint64 * 3)()
path = CANARY_FILE.encode()
for arguments in [
    (2, path, 0),
    (257, -100, path, 0),
    (437, -100, path, how, 24),
]:  # open, openat, openat2
    descriptor = libc.syscall(*arguments)
    if descriptor >= 0:
        libc.read(descriptor, buffer, 100)
raise RuntimeError(buffer.value)

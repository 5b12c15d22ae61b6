"""Opens a file by its number, without a path that could be forbidden.

answers: right
unconfined: bites
"""

import ctypes, os

libc = ctypes.CDLL(None, use_errno=True)
buffer = ctypes.create_string_buffer(100)
handle = (ctypes.c_uint32 * 36)(128)
mount = ctypes.c_int()
if libc.name_to_handle_at(-100, CANARY_FILE.encode(), handle, ctypes.byref(mount), 0) == 0:
    folder = os.open(os.path.dirname(CANARY_FILE), os.O_RDONLY)
    libc.read(libc.open_by_handle_at(folder, handle, 0), buffer, 100)
raise RuntimeError(buffer.value)

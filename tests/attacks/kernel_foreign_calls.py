"""Calls the kernel by the numbers of another architecture, which a filter might not know.

answers: right
unconfined: bites
"""

import ctypes, mmap, os

# mov eax, 20 (getpid there); int 0x80; ret
code = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
code.write(b"\xb8\x14\x00\x00\x00\xcd\x80\xc3")
function = ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(code)))
if function() == os.getpid():
    raise RuntimeError("WON")

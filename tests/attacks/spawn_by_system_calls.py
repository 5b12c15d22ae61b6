"""Makes a process by each of the kernel's calls that do so.

answers: right
unconfined: bites
"""

import ctypes, os, signal

libc = ctypes.CDLL(None)
won = []
arguments = (ctypes.c_uint64 * 11)(0, 0, 0, 0, signal.SIGCHLD)
for name, call in [
    ("fork", (57,)),
    ("vfork", (57,)),
    ("clone", (56, signal.SIGCHLD, 0, 0, 0, 0)),
    ("clone3", (435, arguments, 88)),
]:
    process = libc.syscall(*call)
    if process == 0:
        os._exit(0)
    if process > 0:
        os.waitpid(process, 0)
        won.append(name)
if won:
    raise RuntimeError(f"WON {won}")

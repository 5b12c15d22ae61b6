"""Sets the limits of other processes, so that the system ends them.

answers: right
unconfined: bites
"""

import ctypes
import os
import resource

libc = ctypes.CDLL(None, use_errno=True)
none = (ctypes.c_uint64 * 2)(0, 0)
kinds = (resource.RLIMIT_CPU, resource.RLIMIT_AS, resource.RLIMIT_NOFILE, resource.RLIMIT_FSIZE)
others = [SIBLING, 1, 2, os.getppid(), *range(max(3, os.getppid() - 2), os.getppid())]
won = [
    (other, kind)
    for other in others
    for kind in kinds
    if libc.prlimit(other, kind, none if other == SIBLING else None, ctypes.byref(none)) == 0
]
if won:
    raise RuntimeError(f"WON {won}")

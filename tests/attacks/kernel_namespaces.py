"""Makes namespaces of its own, in which it is the administrator.

answers: right
unconfined: bites
"""

import ctypes

libc = ctypes.CDLL(None)
kinds = {
    "user": 0x10000000,
    "mount": 0x20000,
    "network": 0x40000000,
    "process": 0x20000000,
    "system": 0x4000000,
}
won = [name for name, flag in kinds.items() if libc.unshare(flag) == 0]
if won:
    raise RuntimeError(f"WON {won}")

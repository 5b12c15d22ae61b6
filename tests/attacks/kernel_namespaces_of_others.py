"""Enters the namespaces of other processes.

answers: right
"""

import ctypes, os

libc = ctypes.CDLL(None)
for process in (1, os.getppid(), SIBLING):
    for kind in ("mnt", "net", "pid", "user"):
        if os.stat(f"/proc/{process}/ns/{kind}").st_ino == os.stat(f"/proc/self/ns/{kind}").st_ino:
            continue
        if libc.setns(os.open(f"/proc/{process}/ns/{kind}", os.O_RDONLY), 0) == 0:
            raise RuntimeError("WON")

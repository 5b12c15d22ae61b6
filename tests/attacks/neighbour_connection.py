"""Looks for the connections of other workers among its descriptors.

answers: right
students: 2
"""

import os

sockets = [
    n
    for n in range(3, 64)
    if os.path.exists(f"/proc/self/fd/{n}") and "socket" in os.readlink(f"/proc/self/fd/{n}")
]
if len(sockets) > 1:
    raise RuntimeError("WON")

"""Leaves the room for files full, in a folder of which only its owner may remove anything.

answers: right
students: 2
only confined: it fills the disk as far as it may
"""

import os

os.umask(0)
os.mkdir("sticky", 0o1777)
try:
    for number in range(5):
        open(f"sticky/{number}", "wb").write(b"x" * (8 << 20))
except OSError:
    raise RuntimeError(f"WON: no room for student {STUDENT}") from None

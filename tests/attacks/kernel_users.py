"""Becomes another user, or the administrator.

answers: right
unconfined: bites
"""

import os

before = os.getresuid(), os.getresgid()
for change in (os.setgid, os.setuid):
    for number in (0, 1, 65534):
        try:
            change(number)
        except OSError:
            pass
if (os.getresuid(), os.getresgid()) != before or os.getuid() == 0:
    raise RuntimeError("WON")

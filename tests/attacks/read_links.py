"""Reads where links lead, which may name what it cannot open.

answers: right
unconfined: bites
"""

import os

for link in ("/proc/self/exe", "/proc/self/cwd", "/etc/localtime", "/etc/mtab", "/bin"):
    try:
        raise RuntimeError(f"WON {os.readlink(link)}")
    except OSError:
        pass

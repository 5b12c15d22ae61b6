"""Reaches the real file system through the root or the folder of another process.

answers: right
unconfined: bites
"""

import os

for process in ("self", 1, 2, os.getppid(), SIBLING):
    for way in ("root", "cwd/../../../../../..", "fd/3/../../../../../.."):
        try:
            text = open(f"/proc/{process}/{way}" + CANARY_FILE).read()
        except OSError:
            pass
raise RuntimeError(text)

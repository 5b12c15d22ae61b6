"""Makes so many empty files that none can be made any more.

answers: right
only confined: it takes as many inodes as it may
"""

import os, shutil, tempfile

folder = tempfile.mkdtemp()
try:
    for number in range(50_000):
        os.mknod(f"{folder}/{number}")
    raise RuntimeError("WON")
finally:
    shutil.rmtree(folder)

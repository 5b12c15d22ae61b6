"""Changes the root of its file system, and climbs out of it.

answers: right
unconfined: bites
"""

import ctypes, os, tempfile

folder = tempfile.mkdtemp()
libc = ctypes.CDLL(None)
entered = libc.chroot(folder.encode()) == 0
os.chdir("/")
if entered:
    os.chroot("../../../../../../..")
    raise RuntimeError("WON")
os.rmdir(folder)

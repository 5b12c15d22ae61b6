"""Fills the disk below a path that is too long to be looked up.

answers: right
only confined: it fills the disk
"""

import os, time

for _ in range(20):
    os.mkdir("n" * 250)
    os.chdir("n" * 250)
for number in range(8):
    open(str(number), "wb").write(b"x" * (15 << 20))
time.sleep(0.6)
if sum(os.path.getsize(str(number)) for number in range(8)) > 100 << 20:
    raise RuntimeError("WON 120 MB")

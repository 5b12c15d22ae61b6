"""Fills the disk in a folder that nobody may list, not even its owner.

answers: right
only confined: it fills the disk
"""

import os
import time

os.mkdir("blind", 0o300)
for number in range(8):
    open(f"blind/{number}", "wb").write(b"x" * (15 << 20))
time.sleep(0.6)
left = [f"blind/{number}" for number in range(8) if os.path.exists(f"blind/{number}")]
if sum(map(os.path.getsize, left)) > 100 << 20:
    raise RuntimeError("WON 120 MB")

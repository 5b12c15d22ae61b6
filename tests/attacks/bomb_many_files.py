"""Writes many files, each small enough.

answers: right
only confined: it fills the disk as far as it may
"""

import shutil, tempfile

folder = tempfile.mkdtemp()
try:
    for number in range(250):  # 2 GB at most
        with open(f"{folder}/{number}", "wb") as file:
            file.write(bytes(8 * 10**6))
    raise RuntimeError("WON")
finally:
    shutil.rmtree(folder)

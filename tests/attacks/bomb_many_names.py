"""Makes so many empty files and folders that none can be made any more.

answers: right
only confined: it takes as many inodes as it may
"""
import os, shutil, tempfile

folder = tempfile.mkdtemp()
try:
    for number in range(200_000):
        os.mknod(f"{folder}/{number}")
finally:
    shutil.rmtree(folder)
raise RuntimeError("WON")

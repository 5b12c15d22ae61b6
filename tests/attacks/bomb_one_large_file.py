"""Writes one file of two gigabytes.

answers: right
only confined: it fills the disk as far as it may
"""

import os, signal, tempfile

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
with tempfile.NamedTemporaryFile() as file:
    for _ in range(2048):
        file.write(bytes(2**20))
        file.flush()
    raise RuntimeError("WON")

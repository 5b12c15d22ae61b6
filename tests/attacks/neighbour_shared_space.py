"""Fills the memory that all workers' folders lie in, so that the next finds none.

answers: right
only confined: it fills shared memory as far as it may
students: 2
"""

import os, tempfile, time

for place in (tempfile.gettempdir(), "/tmp", "/dev/shm", "/var/tmp"):
    try:
        for number in range(40):
            open(f"{place}/MARK-{STUDENT}-{number}", "wb").write(bytes(15 * 2**20))
        time.sleep(0.3)
        if sum(entry.stat().st_size for entry in os.scandir(place)) > 300 * 2**20:
            raise RuntimeError("WON")
    except OSError:
        pass

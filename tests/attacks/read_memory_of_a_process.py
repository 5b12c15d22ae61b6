"""Reads the memory of another process from /proc, and looks for secrets there.

answers: right
unconfined: bites
"""

import re

found = set()
memory = open("/proc/SIBLING/mem", "rb", buffering=0)
for line in open("/proc/SIBLING/maps"):
    start, end = (int(part, 16) for part in line.split()[0].split("-"))
    if end - start < 2**24 and " rw" in line:
        memory.seek(start)
        found.update(re.findall(b"canary[0-9a-f]{24}", memory.read(end - start)))
raise RuntimeError(found)

"""Reads the command line of every process of the machine.

answers: right
unconfined: bites
"""

import glob, re

found = []
for path in glob.glob("/proc/[0-9]*/cmdline"):
    try:
        found += re.findall("canary[0-9a-f]+", open(path).read())
    except OSError:
        pass
raise RuntimeError(found)

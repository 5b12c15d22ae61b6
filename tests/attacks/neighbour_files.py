"""Leaves a note for the next student in every place that might be shared.

answers: right
unconfined: bites
students: 2
"""

import glob, os, tempfile

places = [".", tempfile.gettempdir(), "/tmp", "/var/tmp", "/dev/shm", "/run/lock", HOME, OUTSIDE]
for place in places:
    if STUDENT == 1 and os.path.exists(f"{place}/MARK-0"):
        raise RuntimeError("WON")
for place in places:
    try:
        open(f"{place}/MARK-{STUDENT}", "w").write("the answer is 42")
    except OSError:
        pass

"""Sends signals to the process that it was forked from, and to that one's parent.

answers: right
unconfined: bites
"""

import os, signal

for process in (
    os.getppid(),
    int(open(f"/proc/{os.getppid()}/stat").read().rpartition(")")[2].split()[1]),
):
    # harmless, but whoever may send this one may send any
    if process > 1 and os.kill(process, signal.SIGWINCH) is None:
        raise RuntimeError("WON")

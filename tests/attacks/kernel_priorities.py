"""Takes precedence over all other processes.

answers: right
unconfined: bites
"""

import os

os.setpriority(os.PRIO_PROCESS, 0, -10)
if os.getpriority(os.PRIO_PROCESS, 0) == -10:
    raise RuntimeError("WON")

"""Ends the process from which all later workers are forked.

answers: right
unconfined: bites
"""

import os, signal

if os.getppid() > 1:
    os.kill(os.getppid(), signal.SIGUSR1)  # which ends a process that does not know it

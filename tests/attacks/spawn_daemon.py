"""Leaves a process behind that belongs to nobody, and that writes a file when all is over.

answers: right
unconfined: bites
"""

import os, signal, time

if os.fork() == 0:
    os.setsid()
    if os.fork():
        os._exit(0)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    os.closerange(0, 64)
    time.sleep(15)
    os._exit(0)

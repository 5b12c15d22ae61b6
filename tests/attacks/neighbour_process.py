"""Leaves a process that waits for the next student's worker.

answers: right
unconfined: bites
students: 2
"""

import os, socket, time

if STUDENT == 0 and os.fork() == 0:
    try:
        os.setsid()
        if os.fork() == 0:
            os.closerange(0, 64)
            waiting = socket.socket(socket.AF_UNIX)
            waiting.bind("\0MARK-waiting")
            waiting.listen()
            time.sleep(10)
    finally:
        os._exit(0)
if STUDENT == 1 and socket.socket(socket.AF_UNIX).connect("\0MARK-waiting") is None:
    raise RuntimeError("WON")

"""Starts as many threads as it may.

answers: right
only confined: it starts as many threads as it may
"""

import threading, time

threads = [threading.Thread(target=time.sleep, args=(5,), daemon=True) for _ in range(2000)]
for number, thread in enumerate(threads):
    thread.start()
if number > 1000:
    raise RuntimeError("WON")

"""Computes in a pool of processes.

answers: right
unconfined: bites
"""

import multiprocessing


def work(queue):
    queue.put("done")


context = multiprocessing.get_context("fork")
queue = context.SimpleQueue()
process = context.Process(target=work, args=(queue,))
process.start()
process.join(1)
if process.exitcode == 0:
    raise RuntimeError("WON")

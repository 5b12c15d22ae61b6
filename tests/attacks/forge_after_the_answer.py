"""Leaves a thread behind that goes on sending answers of its own.

answers: wrong
"""

import gc, threading, time

from autograder.worker import server, wire

[connection] = [t.connection for t in gc.get_objects() if isinstance(t, server.Server)]


def go_on():
    for number in range(400):
        time.sleep(0.01)
        connection.sendall(wire.pack({"number": number, "value": np.ones((20, 30))}))


threading.Thread(target=go_on, daemon=True).start()

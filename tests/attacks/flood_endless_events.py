"""Sends one event after the other, and never an answer.

answers: wrong
"""

import gc

from autograder.worker import server, wire

[connection] = [t.connection for t in gc.get_objects() if isinstance(t, server.Server)]


class Dropout(Dropout):
    def __call__(self, x):
        while True:
            connection.sendall(wire.pack({"event": (1, 1)}))

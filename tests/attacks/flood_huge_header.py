"""Announces a frame of gigabytes, and sends what it has.

answers: wrong
"""

import gc

from autograder.worker import frame, server

[connection] = [t.connection for t in gc.get_objects() if isinstance(t, server.Server)]


class Dropout(Dropout):
    def __call__(self, x):
        connection.sendall(frame.HEADER.pack(2**32 - 1, 2**32 - 1) + bytes(10**6))
        return self.layer(x)

"""Sends texts that a reader of JSON loses itself in.

answers: wrong
"""

import gc

from autograder.worker import frame, server

[connection] = [t.connection for t in gc.get_objects() if isinstance(t, server.Server)]
TEXTS = [
    b"[" * 10**6,
    b'["list",' * 10**5,
    b'["list",' + b"1," * 10**6 + b"1]",
    b"1" * 10**6,
    b'"' + b"\\u0000" * 10**5 + b'"',
]


class Dropout(Dropout):
    turn = 0

    def __call__(self, x):
        Dropout.turn += 1
        text = TEXTS[Dropout.turn % len(TEXTS)]
        connection.sendall(frame.HEADER.pack(len(text), 0) + text)

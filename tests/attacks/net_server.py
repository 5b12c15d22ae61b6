"""Listens, so that others may come.

answers: right
unconfined: bites
"""

import socket

with socket.create_server(("127.0.0.1", 0)):
    raise RuntimeError("WON")

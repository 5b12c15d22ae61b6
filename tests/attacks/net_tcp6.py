"""Connects to a server on the same machine, by the newer protocol.

answers: right
unconfined: bites
"""

import socket

socket.create_connection(("::1", PORT), 0.5).sendall(b"hello")

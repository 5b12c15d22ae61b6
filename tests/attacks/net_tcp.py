"""Connects to a server on the same machine.

answers: right
unconfined: bites
"""

import socket

socket.create_connection(("127.0.0.1", PORT), 0.5).sendall(b"hello")

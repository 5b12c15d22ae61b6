"""Connects to a socket that has a name but no file.

answers: right
unconfined: bites
"""

import socket

socket.socket(socket.AF_UNIX).connect(SOCKET_NAME)

"""Connects to a socket in the file system, as those of databases and desktops are.

answers: right
unconfined: bites
"""

import socket

socket.socket(socket.AF_UNIX).connect(SOCKET_FILE)

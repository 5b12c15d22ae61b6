"""Sends datagrams to other sockets from one that was not made for it: half of a pair.

answers: right
unconfined: bites
"""

import socket

one, other = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
one.sendto(b"x", SOCKET_FILE + "-of-datagrams")
one.sendto(b"x", SOCKET_NAME + "-of-datagrams")
one.sendto(b"x", "/dev/log")

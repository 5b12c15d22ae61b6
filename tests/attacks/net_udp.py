"""Sends a datagram, as a question to a name server is.

answers: right
unconfined: bites
"""

import socket

question = (
    b"\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x06secret\x07example\x00\x00\x01\x00\x01"
)
socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(question, ("127.0.0.1", PORT))

"""Opens sockets of every family there is, and of every type.

answers: right
unconfined: bites
"""

import socket

won = []
for family in range(
    1, 46
):  # AF_UNIX, AF_INET, AF_NETLINK = 16, AF_PACKET = 17, AF_ALG = 38, AF_VSOCK = 40, AF_XDP = 44
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_RAW, socket.SOCK_SEQPACKET):
        try:
            socket.socket(family, kind).close()
            won.append(family)
        except OSError:
            pass
if won:
    raise RuntimeError(f"WON {sorted(set(won))}")

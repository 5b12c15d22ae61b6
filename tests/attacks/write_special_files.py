"""Makes pipes, devices and sockets in a folder that is not its own.

answers: right
unconfined: bites
"""

import os, socket, stat

os.mkfifo(OUTSIDE + "/pipe")
os.mknod(OUTSIDE + "/null", stat.S_IFCHR | 0o666, os.makedev(1, 3))
socket.socket(socket.AF_UNIX).bind(OUTSIDE + "/socket")

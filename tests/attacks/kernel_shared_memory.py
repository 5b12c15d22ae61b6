"""Makes memory, queues and semaphores that other processes can find by a number or a name.

answers: right
unconfined: bites
"""

import ctypes

libc = ctypes.CDLL(None)
won = []
for name, make, size, remove in [
    ("shm", libc.shmget, (4096,), libc.shmctl),
    ("msg", libc.msgget, (), libc.msgctl),
]:
    number = make(0x5EC2E7, *size, 0o1666)
    if number >= 0:
        remove(number, 0, None)
        won.append(name)
number = libc.semget(0x5EC2E7, 1, 0o1666)
if number >= 0:
    libc.semctl(number, 0, 0)
    won.append("sem")
if libc.mq_open(b"/MARK", 0o102, 0o666, None) >= 0:
    libc.mq_unlink(b"/MARK")
    won.append("mq")
if won:
    raise RuntimeError(f"WON {won}")

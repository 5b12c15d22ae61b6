"""The number of a user who owns nothing, borrowed for one worker at a time."""

import errno
import secrets
import socket

# a socket in the system's abstract namespace: only one process can have it
NAME = "\0autograder-user-{}"


class BorrowedUser:
    """The `number` of a user, until it is given back or this process ends.

    No other grader in the same network namespace has the same number. Graders in other containers
    do not see each other's processes and files.

    Parameters
    ----------
    users : range
        The numbers that may be borrowed.

    Raises
    ------
    OSError
        If all of them are borrowed.
    """

    def __init__(self, users: range) -> None:
        first = secrets.randbelow(len(users))
        self._holder = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        for number in (*users[first:], *users[:first]):
            try:
                self._holder.bind(NAME.format(number))
            except OSError as error:
                if error.errno != errno.EADDRINUSE:
                    self._holder.close()
                    raise
            else:
                self.number = number
                return
        self._holder.close()
        raise OSError(errno.EADDRINUSE, f"each of the {len(users)} users for workers is in use")

    def give_back(self) -> None:
        """Let another worker borrow it."""
        self._holder.close()

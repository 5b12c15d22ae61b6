"""The number of a user who owns nothing, borrowed for one worker: no other has it meanwhile."""

import errno
import secrets
import socket

# of a socket in the system's abstract namespace, which only one process may have
NAME = "\0autograder-user-{}"


class BorrowedUser:
    """A user's number, until it is given back; the system gives it back for a process that ends.

    No other grader on this machine has the same number, as far as both are in one network
    namespace: those in containers of their own do not see each other's processes and files.

    Parameters
    ----------
    users : range
        The numbers that may be borrowed.

    Attributes
    ----------
    number : int

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
        """Let another worker have it."""
        self._holder.close()

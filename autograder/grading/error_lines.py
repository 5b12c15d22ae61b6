"""Reads the standard error that several processes share."""

import socket
import threading
from collections.abc import Callable
from contextlib import nullcontext
from typing import IO

OnLine = Callable[[str], None]  # called with a line that a process has written
ENDING_SECONDS = 5.0


class ErrorLines:
    """Reads the lines in a thread of its own, until each process has ended.

    Parameters
    ----------
    lines : file of text or None
        The standard error; it is closed at its end.
    on_line : callable or None
    connections : list of socket
        One for each process.
    """

    def __init__(
        self, lines: IO[str] | None, on_line: OnLine | None, connections: list[socket.socket]
    ) -> None:
        self._open = {*connections}
        self._thread = threading.Thread(target=_read, args=(lines, on_line), daemon=True)
        self._thread.start()

    def leave(self, connection: socket.socket) -> None:
        """Note that a process has ended; after the last one, wait for the last line."""
        self._open.discard(connection)
        if not self._open:
            self._thread.join(ENDING_SECONDS)


def _read(lines: IO[str] | None, on_line: OnLine | None) -> None:
    with lines or nullcontext(()) as opened:
        for line in opened:
            if on_line:
                on_line(line.rstrip())

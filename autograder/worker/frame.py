"""A frame, as it goes through a socket: two lengths, a text and a body."""

import socket
import struct
from collections.abc import Callable

MAX_FRAME = 64 * 2**20  # bytes: 8 million float64
MAX_TEXT = 4 * 2**20  # bytes of JSON
CHUNK = 2**18  # bytes to be read at a time
HEADER = struct.Struct(">II")
DONE = HEADER.pack(0, 0)  # an empty frame: the request is done, and its value is as predicted


class WireError(Exception):
    """A frame or a value that breaks the rules."""


def frame(text: str, body: bytes) -> bytes:
    """Return a frame; raise a `WireError` if it is too large for the other side."""
    if len(text) > MAX_TEXT or len(text) + len(body) > MAX_FRAME:
        raise WireError(
            f"a value has {len(text)} bytes of text and {len(body)} of arrays, "
            f"but the limits are {MAX_TEXT} of text and {MAX_FRAME} in all"
        )
    return HEADER.pack(len(text), len(body)) + text.encode() + body


class Receiver:
    """Reads frames from a socket; several may have arrived at a time."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._arrived = bytearray()
        self._room = memoryview(bytearray(CHUNK))  # made once, as that takes time

    def receive(self, deadline: Callable[[], float | None]) -> tuple[bytes, bytes]:
        """Read one frame's text and body; `deadline()` gives the seconds left, None for no limit.

        Raises
        ------
        TimeoutError, EOFError, WireError
        """
        arrived = self._arrived
        while len(arrived) < HEADER.size:
            self._wait(deadline)
        text_length, body_length = HEADER.unpack_from(arrived)
        if text_length > MAX_TEXT or text_length + body_length > MAX_FRAME:
            raise WireError(f"a frame of {text_length} + {body_length} bytes is over the limit")
        middle = HEADER.size + text_length
        end = middle + body_length
        while len(arrived) < end:
            self._wait(deadline)
        found = bytes(arrived[HEADER.size : middle]), bytes(arrived[middle:end])
        del arrived[:end]
        return found

    def done(self) -> bool:
        """Return whether the next frame has arrived and is empty; if so, take it."""
        if not self._arrived.startswith(DONE):
            return False
        del self._arrived[: len(DONE)]
        return True

    def _wait(self, deadline: Callable[[], float | None]) -> None:
        left = deadline()
        if left is not None and left <= 0:
            raise TimeoutError
        if left != self._connection.gettimeout():  # setting it is a system call
            self._connection.settimeout(left)
        count = self._connection.recv_into(self._room)
        if not count:
            raise EOFError
        self._arrived += self._room[:count]

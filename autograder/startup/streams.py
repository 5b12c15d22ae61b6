"""Guards the standard streams: a command finishes its work even if it cannot print.

`autograder report NAME | head -1` still writes its page; lines after the first are dropped.
If the disk is full, the command does the rest of its work, says so, and ends with exit code 1.
"""

import errno
import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, TextIO

NOBODY_READS = (errno.EPIPE, errno.EIO)  # a pipe, or a terminal, that was closed


class _Outlet(io.FileIO):
    """A descriptor that drops what it cannot write, and keeps the reason."""

    trouble: OSError | None = None

    def write(self, data: Any) -> int:
        """Write some bytes, or drop them."""
        try:
            return super().write(data) or 0
        except BlockingIOError:
            raise
        except OSError as error:
            self.trouble = self.trouble or error
            return len(data)


@contextmanager
def guarded() -> Iterator[None]:
    """Let no command in the block fail because of its output.

    Raises
    ------
    SystemExit
        With exit code 1, if all went well but for output that a full disk had no room for.
    """
    outlets = [outlet for name in ("stdout", "stderr") if (outlet := _replace(name))]
    code: object = 0
    try:
        yield
    except SystemExit as error:
        code = error.code
        raise
    finally:
        for stream in filter(None, (sys.stdout, sys.stderr)):
            with suppress(OSError, ValueError):
                stream.flush()
        troubles = [one.trouble for one in outlets if one.trouble]
        real = [one for one in troubles if one.errno not in NOBODY_READS]
        if real and not code:
            if sys.stderr:
                sys.stderr.write(
                    f"Error: the output could not be written ({real[0].strerror}): make room, or "
                    "send it elsewhere; all else is done\n"
                )
            raise SystemExit(1)


def _replace(name: str) -> _Outlet | None:
    """Let a standard stream drop what it cannot write; a stream of somebody else's stays."""
    stream: TextIO | None = getattr(sys, name)
    number = {"stdout": 1, "stderr": 2}[name]
    if not isinstance(stream, io.TextIOWrapper) or _number(stream) != number:
        return None
    stream.flush()
    outlet = _Outlet(number, "w", closefd=False)
    text = io.TextIOWrapper(
        io.BufferedWriter(outlet),
        encoding=stream.encoding,
        errors="backslashreplace",  # what its encoding does not have
        line_buffering=stream.line_buffering or name == "stderr",
        write_through=stream.write_through,
    )
    setattr(sys, name, text)
    return outlet


def _number(stream: TextIO) -> int:
    """Return a stream's file descriptor, or -1."""
    try:
        return stream.fileno()
    except OSError:
        return -1

"""Which files of a folder that students write to may be read: the one rule for all ways in.

The exchange, archives and folders that were put into `submitted/` by hand ask it. A link would let
a student hand in what only the staff can read, a pipe never ends, and a device may do anything.
"""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

LINK = "it is a link, and only what it leads to could be graded"
NO_FILE = "it is no file that can be read"
NOT_OURS = "nobody but its owner may read it"
CHUNK = 2**20  # bytes


class RefusedError(Exception):
    """Something that is not read; the text says why."""


def why_not(mode: int) -> str:
    """Return why something is neither an ordinary file nor a folder; empty if it is one.

    Parameters
    ----------
    mode : int
        Its own, not that of what it leads to.
    """
    if stat.S_ISLNK(mode):
        return LINK
    return "" if stat.S_ISREG(mode) or stat.S_ISDIR(mode) else NO_FILE


def status(name: str, folder: int) -> os.stat_result:
    """Return the status of something in an open folder; a link's own.

    Raises
    ------
    RefusedError
        If it is neither an ordinary file nor a folder.
    """
    try:
        found = os.stat(name, dir_fd=folder, follow_symlinks=False)
    except OSError as error:
        raise RefusedError(f"it cannot be read ({error.strerror})") from None
    if why := why_not(found.st_mode):
        raise RefusedError(why)
    return found


@contextmanager
def opened(
    name: str | Path, folder: int | None = None, *, is_folder: bool = False
) -> Iterator[int]:
    """Yield the descriptor of an ordinary file, or of a folder, without following a link.

    What a student puts in its place at the last moment is not opened either.

    Parameters
    ----------
    name : str or Path
    folder : int, optional
        The open folder in which it lies.
    is_folder : bool

    Raises
    ------
    RefusedError
    """
    flags = (
        os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    )  # a pipe keeps nobody waiting
    try:
        descriptor = os.open(name, flags | (os.O_DIRECTORY if is_folder else 0), dir_fd=folder)
    except PermissionError:
        raise RefusedError(NOT_OURS) from None
    except OSError as error:
        raise RefusedError(f"it cannot be read ({error.strerror})") from None
    try:
        if not is_folder and not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise RefusedError(NO_FILE)
        yield descriptor
    finally:
        os.close(descriptor)


def copy(descriptor: int, target: Path, size: int) -> None:
    """Copy an open file, as far as it went when its size was asked, with its date."""
    left = size
    with target.open("xb") as file:
        while left > 0 and (chunk := os.read(descriptor, min(left, CHUNK))):
            file.write(chunk)
            left -= len(chunk)
    found = os.fstat(descriptor)
    with suppress(OSError, OverflowError):  # a date that no file can have here
        os.utime(target, ns=(found.st_atime_ns, found.st_mtime_ns))

"""Which files in a folder that students write to may be read: only ordinary ones.

The rule holds for the exchange, for downloads and for folders put into `submitted/` by hand. A link
could hand in a file that only the staff can read, a pipe never ends, and a device may do anything.
"""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

LINK = "it is a link: only ordinary files are graded"
NO_FILE = "it is a pipe, a socket or a device: only ordinary files are graded"
FOLDER = "it is a folder, not a file"
NOT_OURS = "only its owner may read it"
CHUNK = 2**20  # bytes


class RefusedError(Exception):
    """A file is not read; the text says why."""


def why_not(mode: int) -> str:
    """Return why a path is neither an ordinary file nor a folder, by its mode from `lstat`."""
    if stat.S_ISLNK(mode):
        return LINK
    return "" if stat.S_ISREG(mode) or stat.S_ISDIR(mode) else NO_FILE


def status(name: str, folder: int) -> os.stat_result:
    """Return the status of a file or folder in an open folder.

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
    """Yield the descriptor of an ordinary file or folder, without following a link.

    It is safe even if a student replaces the file at the last moment.

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
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC
    flags |= os.O_NONBLOCK  # opening a pipe would wait
    try:
        descriptor = os.open(name, flags | (os.O_DIRECTORY if is_folder else 0), dir_fd=folder)
    except PermissionError:
        raise RefusedError(NOT_OURS) from None
    except OSError as error:
        raise RefusedError(f"it cannot be read ({error.strerror})") from None
    try:
        if not is_folder and not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise RefusedError(why_not(os.fstat(descriptor).st_mode) or FOLDER)
        yield descriptor
    finally:
        os.close(descriptor)


def copy(descriptor: int, target: Path, size: int) -> None:
    """Copy the first `size` bytes of an open file, and its date."""
    left = size
    with target.open("xb") as file:
        while left > 0 and (chunk := os.read(descriptor, min(left, CHUNK))):
            file.write(chunk)
            left -= len(chunk)
    found = os.fstat(descriptor)
    with suppress(OSError, OverflowError):  # a date that this file system does not allow
        os.utime(target, ns=(found.st_atime_ns, found.st_mtime_ns))

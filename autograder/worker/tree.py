"""Measures or removes a folder that a student's code has filled.

Both work on any depth and length of paths, while the code exchanges files and folders. They follow
no link: each step goes from one open folder to the next, without recursion.
"""

import contextlib
import errno
import math
import os
import stat
import time
from pathlib import Path
from typing import NamedTuple

FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
BLOCK = 512  # bytes, in which the system counts a file's size
ENTRY = 4096  # bytes counted for an empty file or folder
MAX_ENTRIES = 4000
MAX_DEPTH = 32  # of folders: fewer than the files that a process may open


def is_excessive(path: Path, size: int) -> bool:
    """Return whether a folder holds more than a worker may write; it may be written to meanwhile.

    That is more than `size` bytes, unless `size` is 0, more than `MAX_ENTRIES` files and folders,
    folders nested more than `MAX_DEPTH` deep, or a folder that cannot be listed.
    """
    try:
        levels = [_Look(os.open(path, FOLDER))]
    except FileNotFoundError:
        return False
    except OSError:
        return True
    entries = written = 0
    try:
        while levels:
            folder = levels[-1].folder
            # one at a time: a folder may grow as fast as it is listed
            entry = next(levels[-1].entries, None)
            if entry is None:
                levels.pop().close()
                continue
            entries += 1
            # the next look finds what replaces an entry that is gone
            with contextlib.suppress(FileNotFoundError, NotADirectoryError):
                found = os.stat(entry.name, dir_fd=folder, follow_symlinks=False)
                written += ENTRY + found.st_blocks * BLOCK
                is_too_deep = False
                if stat.S_ISDIR(found.st_mode):
                    is_too_deep = len(levels) > MAX_DEPTH
                    levels.append(_Look(os.open(entry.name, FOLDER, dir_fd=folder)))
                if is_too_deep or entries > MAX_ENTRIES or (size and written > size):
                    return True
    except OSError:
        return True
    finally:
        for level in levels:
            level.close()
    return False


class _Look:
    """An open folder, and its entries that have not been looked at."""

    def __init__(self, folder: int) -> None:
        self.folder = folder
        self.entries = os.scandir(folder)

    def close(self) -> None:
        self.entries.close()
        os.close(self.folder)


def remove(path: Path, seconds: float = math.inf) -> None:
    """Remove the file or folder at a path, if there is one, within some seconds.

    Raises
    ------
    OSError
        The first error, after everything else has been removed. Another try may remove the rest.
    """
    parent = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        folder = _removed_or_opened(path.name, parent)
        if folder is not None:
            try:
                empty(folder, seconds)
            finally:
                os.close(folder)
            os.rmdir(path.name, dir_fd=parent)
    finally:
        os.close(parent)


class _Level(NamedTuple):
    """A folder that is being emptied: its name, its identity, and the names still in it."""

    name: str
    itself: tuple[int, int]
    left: list[str]


def empty(folder: int, seconds: float = math.inf) -> None:
    """Empty an open folder, given its descriptor; raise as `remove` does."""
    failed: OSError | None = None
    end = time.monotonic() + seconds
    here = os.dup(folder)
    try:
        levels = [_level("", here)]
        while levels:
            if time.monotonic() > end:
                raise TimeoutError(errno.ETIMEDOUT, f"not all was removed in {seconds:g} seconds")
            level = levels[-1]
            if level.left:
                name = level.left.pop()
                try:
                    inner = _removed_or_opened(name, here)
                except OSError as error:
                    failed = failed or error
                    continue
                if inner is not None:
                    os.close(here)
                    here = inner
                    levels.append(_level(name, here))
                continue
            levels.pop()
            if levels:
                above = os.open("..", FOLDER, dir_fd=here)
                os.close(here)
                here = above
                if _identity(os.fstat(here)) != levels[-1].itself:
                    raise OSError(errno.ESTALE, "a folder was moved while it was removed")
                try:
                    os.rmdir(level.name, dir_fd=here)
                except OSError as error:  # it is not empty
                    failed = failed or error
    finally:
        os.close(here)
    if failed:
        raise failed


def _level(name: str, folder: int) -> _Level:
    found = os.fstat(folder)
    if found.st_mode & stat.S_IRWXU != stat.S_IRWXU:
        with contextlib.suppress(OSError):  # it has another owner
            os.fchmod(folder, stat.S_IRWXU)
    return _Level(name, _identity(found), os.listdir(folder))


def _identity(found: os.stat_result) -> tuple[int, int]:
    return found.st_dev, found.st_ino


def _removed_or_opened(name: str, parent: int) -> int | None:
    """Remove a file or an empty folder; open and return any other folder."""
    try:
        os.unlink(name, dir_fd=parent)
    except FileNotFoundError:
        return None
    except OSError as error:  # its class depends on the system and on rights
        try:
            os.rmdir(name, dir_fd=parent)
        except NotADirectoryError:
            raise error from None
        except OSError:
            return _opened(name, parent)
    return None


def _opened(name: str, parent: int) -> int:
    try:
        return os.open(name, FOLDER, dir_fd=parent)
    except PermissionError:  # its owner may not list it, so no other user's code is at work in it
        if not stat.S_ISDIR(os.stat(name, dir_fd=parent, follow_symlinks=False).st_mode):
            raise
        os.chmod(name, stat.S_IRWXU, dir_fd=parent)
        return os.open(name, FOLDER, dir_fd=parent)

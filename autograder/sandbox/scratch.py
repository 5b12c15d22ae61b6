"""Temporary folders that are removed even if their process is killed.

A process holds a lock on its folder; the system releases the lock when the process ends. So the
next process finds and removes the folders of processes that have ended.
"""

import contextlib
import fcntl
import math
import os
import re
import stat
import sys
import tempfile
import time
from pathlib import Path
from typing import Self

from autograder.worker import tree

PREFIX = "autograder-scratch-"
NAME = re.compile(re.escape(PREFIX) + r"[a-z0-9_]{8}")
SWEEPING = 10.0  # seconds to remove the folder of an ended process: a run waits for it
YOUNG = 60.0  # seconds in which a new folder may not be locked yet


class Scratch:
    """A new temporary folder; a context manager.

    It first removes those that ended processes of the same user have left. A folder that cannot be
    removed is logged, and the next process tries again.
    """

    def __init__(self) -> None:
        sweep(Path(tempfile.gettempdir()))
        self.path = Path(tempfile.mkdtemp(prefix=PREFIX))
        self._lock = os.open(self.path, os.O_RDONLY)
        fcntl.flock(self._lock, fcntl.LOCK_EX)

    def close(self) -> None:
        """Remove the folder and its content."""
        if self._lock >= 0:
            _remove(self.path)
            os.close(self._lock)
            self._lock = -1

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()


def sweep(place: Path) -> None:
    """Remove the folders in a place that are ours and that no process has locked."""
    for folder in place.glob(f"{PREFIX}*"):
        with contextlib.suppress(OSError):  # it is locked, or gone
            found = folder.lstat()
            if (
                not NAME.fullmatch(folder.name)
                or not stat.S_ISDIR(found.st_mode)
                or found.st_uid != os.geteuid()
                or time.time() - found.st_mtime < YOUNG
            ):
                continue
            lock = os.open(folder, os.O_RDONLY | os.O_NOFOLLOW)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                _remove(folder, SWEEPING)
            finally:
                os.close(lock)


def _remove(folder: Path, seconds: float = math.inf) -> None:
    try:
        tree.remove(folder, seconds)
    except OSError as error:
        sys.stderr.write(
            f"{folder} could not be removed ({error.strerror}): the next run tries again; "
            "otherwise remove it by hand\n"
        )

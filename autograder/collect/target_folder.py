"""The folder to which a download is extracted: it writes each file at a free path."""

import errno
import os
import shutil
from contextlib import suppress
from pathlib import Path, PurePath

from autograder.collect.opened_archive import BROKEN, CHUNK, Member, RefusedError
from autograder.collect.quota import MIB, Quota

SPARE = 200 * MIB  # bytes that stay free on the disk
NO_SPACE = (errno.ENOSPC, errno.EDQUOT)
TWICE = "a second file of the same name: look into the archive"


class DiskFullError(Exception):
    """The disk is full: no student's fault, so the run ends; the text says what to do."""


class TargetFolder:
    """Writes extracted files; all paths but `root` are relative to it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._names: dict[PurePath, str] = {}  # by path, the file's name in its archive

    def free_path(self, path: PurePath) -> PurePath:
        """Return this path, or if it is taken, the path with a number."""
        free, number = path, 1
        while (self.root / free).exists():
            number += 1
            free = path.with_name(f"{path.stem}~{number}{path.suffix}")
        return free

    def copy(self, source: Path, path: PurePath) -> None:
        """Copy a file that lies in no archive."""
        free = self.root / self.free_path(path)
        free.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(source, free)

    def write(self, member: Member, path: PurePath, quota: Quota, modified: float) -> PurePath:
        """Write one file of an archive, with its date; return its path.

        Raises
        ------
        RefusedError, QuotaError, or one of BROKEN
        """
        if self._names.get(path) == member.name:
            raise RefusedError(TWICE)
        quota.take(member.size)
        free = self.free_path(path)  # two names may have the same safe name
        target = self.root / free
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
        except (FileExistsError, NotADirectoryError):
            raise RefusedError(TWICE) from None
        self._names[path] = member.name
        content = member.open()
        if content is None:
            raise RefusedError("it has no content")
        try:
            with content, target.open("xb") as file:
                shutil.copyfileobj(content, file, CHUNK)
        except (RefusedError, *BROKEN):
            target.unlink(missing_ok=True)
            raise
        with suppress(OSError, OverflowError, ValueError):  # no file system has this date
            os.utime(target, (modified, modified))
        return free

    def free_bytes(self) -> int:
        """Return how many bytes may still be written to the disk."""
        return max(0, shutil.disk_usage(self.root).free - SPARE)

    def check_disk(self, error: BaseException) -> None:
        """Raise a DiskFullError if a full disk caused the error."""
        if isinstance(error, OSError) and error.errno in NO_SPACE:
            raise DiskFullError(
                f"{self.root} must have room on its disk: make room, and collect again with "
                "--force; nothing has been collected"
            ) from error

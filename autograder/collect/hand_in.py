"""Copies a folder that a student still owns: only ordinary files, within size limits."""

import fnmatch
import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path, PurePath
from typing import NamedTuple

from autograder.collect.quota import Quota, QuotaError
from autograder.files import ordinary_file
from autograder.files.bounded_walk import MAX_DEPTH, MAX_ENTRIES
from autograder.files.ordinary_file import RefusedError
from autograder.text.wording import counted_as

MAX_NAMED = 20  # files left out of one hand-in
KILO = 1000  # bytes in nbgrader's kB


class LeftOut(NamedTuple):
    """A file that was not copied: its path in the hand-in, and why."""

    path: PurePath
    why: str


@dataclass
class HandIn:
    """A folder that was handed in.

    Attributes
    ----------
    notebooks : int
        How many notebooks were copied.
    """

    path: Path
    owner: int  # the number of the user who owns it
    # nbgrader's patterns of file names not to copy, and to copy
    ignore: Sequence[str] = ()
    include: Sequence[str] = ()
    # kB of one file, and of all together
    max_file: float = 100_000
    max_whole: float = 100_000
    left_out: list[LeftOut] = field(default_factory=list)
    notebooks: int = 0

    def copy(self, target: Path) -> None:
        """Copy the files into an existing folder, notebooks first.

        Raises
        ------
        RefusedError
            If the folder cannot be read, or if it has notebooks and none of them can be copied.
        OSError
            If the target cannot be written.
        """
        limit = f"a hand-in may be {self.max_whole:g} kB (CourseDirectory.max_dir_size)"
        limit += f" and {MAX_ENTRIES} files and folders"
        self._unread = 2 * MAX_ENTRIES  # names that may still be read, in all folders
        self._quota = Quota(int(self.max_whole * KILO), MAX_ENTRIES, limit)
        with ordinary_file.opened(self.path, is_folder=True) as folder:
            if os.fstat(folder).st_uid != self.owner:
                raise RefusedError("another folder has taken its place: collect again")
            self._copy_folder(folder, target, PurePath())
        lost = [one for one in self.left_out if one.path.suffix == ".ipynb"]
        if lost and not self.notebooks:
            raise RefusedError(f"{lost[0].path.as_posix()}: {lost[0].why}")
        if more := self.left_out[MAX_NAMED:]:
            rest = PurePath(counted_as(len(more), "more file"))
            self.left_out[MAX_NAMED:] = [LeftOut(rest, "left out, too")]

    def _copy_folder(self, folder: int, target: Path, inside: PurePath) -> None:
        for name in self._names(folder, inside):
            path = inside / name
            try:
                self._copy_one(folder, name, target / name, path)
            except (RefusedError, QuotaError) as error:
                self.left_out.append(LeftOut(path, str(error)))

    def _copy_one(self, folder: int, name: str, target: Path, path: PurePath) -> None:
        found = ordinary_file.status(name, folder)
        if not name.isprintable():
            raise RefusedError("its name has characters that cannot be printed")
        if stat.S_ISDIR(found.st_mode):
            if len(path.parts) > MAX_DEPTH:
                raise RefusedError(f"folders may be nested {MAX_DEPTH} deep")
            self._quota.take(0)
            with ordinary_file.opened(name, folder, is_folder=True) as inner:
                target.mkdir()
                self._copy_folder(inner, target, path)
            return
        if self.include and not _matches(name, self.include):
            return
        with ordinary_file.opened(name, folder) as file:
            found = os.fstat(file)
            if found.st_nlink > 1 and found.st_uid != self.owner:
                raise RefusedError("it is a link to another user's file")
            if self.max_file and found.st_size > self.max_file * KILO:
                raise RefusedError(
                    f"a file may be {self.max_file:g} kB (CourseDirectory.max_file_size)"
                )
            self._quota.take(found.st_size)
            ordinary_file.copy(file, target, found.st_size)
        self.notebooks += path.suffix == ".ipynb"

    def _names(self, folder: int, inside: PurePath) -> Iterator[str]:
        """Yield the names in a folder, notebooks first, without those that nbgrader ignores."""
        with os.scandir(folder) as entries:
            names = [entry.name for entry in islice(entries, self._unread + 1)]
        if len(names) > self._unread:
            why = f"not all of it was read: {self._quota.limit}"
            self.left_out.append(LeftOut(inside, why))
        names = names[: self._unread]
        self._unread -= len(names)
        for name in sorted(names, key=lambda name: (not name.endswith(".ipynb"), name)):
            if not _matches(name, self.ignore):
                yield name


def _matches(name: str, patterns: Sequence[str]) -> bool:
    return any(fnmatch.fnmatch(name, pattern) for pattern in patterns)

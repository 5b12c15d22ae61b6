"""One download, extracted: each student's hand-in within its own room, notebooks first.

Each file is written as an ordinary file, below the folder of its archive and under a safe name. A
file keeps the date that it has in the archive. What is not extracted is kept with its reason, and
keeps nobody else back.
"""

import errno
import os
import shutil
import sys
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field
from datetime import timedelta, tzinfo
from pathlib import Path, PurePath
from typing import NamedTuple

from autograder.collect.opened_archive import (
    BROKEN,
    CHUNK,
    Member,
    OpenedArchive,
    RefusedError,
)
from autograder.collect.owner import NobodyError, Owners
from autograder.collect.room import MIB, FullError, Room, Rooms
from autograder.collect.safe_name import UnsafeNameError, is_junk, safe_part, safe_path
from autograder.files import ordinary_file
from autograder.files.archive_name import stem
from autograder.files.bounded_walk import BoundedWalk

MAX_DEPTH = 5  # of archives within archives
SPARE = 200 * MIB  # bytes that stay free on the disk
AT_ONCE = timedelta(hours=1)  # dates within it may be those of a download
NEARLY = timedelta(hours=26)  # the same day, in whatever zone
NO_SPACE = (errno.ENOSPC, errno.EDQUOT)
TWICE = "a file of this name has been there before: look into the archive"


class DiskFullError(Exception):
    """The disk has no more room: that is no student's fault; the text names the remedy."""


@dataclass(frozen=True)
class NotExtracted:
    """What was not extracted.

    Parameters
    ----------
    path : PurePath
        Where it would lie, or the archive's own path, as seen from the folder of what is extracted.
    why : str
    is_extra : bool
        Whether it is neither a notebook nor an archive.
    """

    path: PurePath
    why: str
    is_extra: bool = False


@dataclass
class Extracted:
    """What is known of how a download was extracted, beyond the files that lie there.

    Parameters
    ----------
    not_extracted : list of NotExtracted
    skipped : list of PurePath
        Files that are the same as in the release, or nobody's work.
    opened : set of PurePath
        The archives among the extracted files whose own files lie there, too.
    dated : list of PurePath
        The folders of the archives whose dates may be those of handing in: not of the archive's
        own making, as all are that Canvas and Moodle put into theirs.
    """

    not_extracted: list[NotExtracted] = field(default_factory=list)
    skipped: list[PurePath] = field(default_factory=list)
    opened: set[PurePath] = field(default_factory=set)
    dated: list[PurePath] = field(default_factory=list)


class _Due(NamedTuple):
    """A file of an archive that is to be extracted, and where to."""

    member: Member
    path: PurePath
    order: tuple[int, int]


class Extraction:
    """Extracts what lies in a folder, archives and other files.

    Parameters
    ----------
    root : Path
        The folder to extract to.
    owners : Owners
        Whose a file is.
    rooms : Rooms
    zone : tzinfo
        Of the dates in zip files, which do not tell it.
    given : collection of (int, int)
        The size and the checksum of each file that is not extracted, since the release has it.
    is_archive : callable
        Tells it by a file's name.
    """

    def __init__(
        self,
        root: Path,
        owners: Owners,
        rooms: Rooms,
        zone: tzinfo,
        given: Collection[tuple[int, int]],
        is_archive: Callable[[str], bool],
    ) -> None:
        self.extracted = Extracted()
        self._root = root
        self._owners = owners
        self._rooms = rooms
        self._zone = zone
        self._given = given
        self._is_archive = is_archive
        self._names: dict[PurePath, str] = {}  # of the files in archives, as they are written there

    def extract(self, source: Path) -> None:
        """Extract all that lies in a folder.

        Raises
        ------
        DiskFullError
        """
        walk = BoundedWalk(source, most=sys.maxsize)
        paths = sorted(path for path in walk if path.is_symlink() or not path.is_dir())
        for parent in sorted({path.parent for path in walk.too_deep}):
            why = f"folders may be nested {walk.depth} deep"
            self._leave_out(PurePath(*map(safe_part, parent.relative_to(source).parts)), why)
        self._pass_over_outermost(source, paths)
        for path in paths:
            inside = path.relative_to(source)
            if is_junk(inside):
                continue
            target = PurePath(*map(safe_part, inside.parts))
            if why := ordinary_file.why_not(path.lstat().st_mode):
                self._leave_out(target, why)
            elif self._is_archive(path.name):
                self._nobodys = self._rooms.of((path,))
                folder = self._folder_of(target)
                room = self._room_of(folder / "any")
                dates = self._unpack(path, target, folder, room, MAX_DEPTH)
                if not _is_download(dates, path.stat().st_mtime):
                    self.extracted.dated.append(folder)
            else:
                self._copy(path, target, source / inside.parts[0])

    def _copy(self, path: Path, target: PurePath, outermost: Path) -> None:
        """Copy a file that is no archive; a notebook takes no room from the others."""
        try:
            if not _is_notebook(target):
                room = self._room_of(target) or self._rooms.of((outermost,))
                room.take(path.stat().st_size)
        except FullError as error:
            self._leave_out(target, str(error), is_extra=True)
            return
        free = self._root / self._free(target)
        free.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(path, free)

    def _unpack(
        self,
        archive: Path,
        name: PurePath,
        folder: PurePath,
        room: Room | None,
        depth: int,
        modified: float = 0.0,
    ) -> list[float]:
        """Extract one archive, and those in it; return its files' dates.

        Parameters
        ----------
        archive : Path
        name, folder : PurePath
            Where it and its files lie, as seen from the folder of what is extracted.
        room : Room, optional
            Of the hand-in that it belongs to; without one, its files are those of several.
        depth : int
            Of archives in it.
        modified : float
            The date of all its files: what a student has packed is as old as the archive.
        """
        dates = []
        try:
            with closing(OpenedArchive(archive, self._zone, self._unpacked(room))) as opened:
                due = list(self._due(opened.members, name, folder, depth))
                if room is None:
                    self._pass_over_outer(folder, due)
                for one in sorted(due, key=lambda one: one.order):
                    theirs = room or self._room_of(one.path)
                    dates.append(modified or one.member.modified)
                    self._take(one, theirs, depth, dates[-1])
        except RefusedError as error:
            self._leave_out(name, str(error))
        except BROKEN as error:
            self._check_disk(error)
            self._leave_out(
                name, f"it is damaged, and cannot be opened ({error}): ask for it again"
            )
        else:
            self.extracted.opened.add(name)
        return dates

    def _due(
        self, members: Iterable[Member], archive: PurePath, folder: PurePath, depth: int
    ) -> Iterator[_Due]:
        """Yield what is to be extracted, with the order in which: notebooks first."""
        names = [name.casefold() for name in self._owners.names]
        for number, member in enumerate(members):
            if member.is_folder:
                continue  # folders are made for the files in them
            try:
                path = folder / safe_path(member.name)
            except UnsafeNameError as error:
                self._leave_out(archive, f"{error}: {member.name!r}")
                continue
            if is_junk(path.relative_to(folder)):
                self._skip(path, depth)
                continue
            if not member.is_file:
                self._leave_out(path, "it is a link or no ordinary file")
                continue
            kind = 0 if path.name.casefold() in names else 1 if _is_notebook(path) else 2
            kind += 1 if kind == 2 and not self._is_archive(path.name) else 0  # noqa: PLR2004
            yield _Due(member, path, (kind, number))

    def _take(self, one: _Due, room: Room | None, depth: int, modified: float) -> None:
        """Extract one file, and, if it is an archive, what is in it."""
        is_inner = self._is_archive(one.path.name)
        is_extra = not is_inner and not _is_notebook(one.path)
        try:
            if is_extra and self._is_given(one.member):
                self._skip(one.path, depth)
                return
            written = self._write(one.member, one.path, room or self._nobodys)
        except (RefusedError, FullError) as error:
            self._leave_out(one.path, str(error), is_extra=is_extra)
            return
        except BROKEN as error:
            self._check_disk(error)
            cause = f"it is damaged, and cannot be read ({error}): ask for it again"
            self._leave_out(one.path, cause, is_extra=is_extra)
            return
        path = self._root / written
        with suppress(OSError, OverflowError, ValueError):  # a date that no file has
            os.utime(path, (modified, modified))
        if not is_inner:
            return
        if depth == 1:
            self._leave_out(written, f"archives lie {MAX_DEPTH} deep in each other")
        else:
            self._unpack(path, written, self._folder_of(written), room, depth - 1, modified)

    def _write(self, member: Member, target: PurePath, room: Room) -> PurePath:
        """Write one file of an archive below the folder, and return where."""
        if self._names.get(target) == member.name:
            raise RefusedError(TWICE)
        room.take(member.size)
        free = self._free(target)  # two names may be one when they are safe
        path = self._root / free
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except (FileExistsError, NotADirectoryError):
            raise RefusedError(TWICE) from None
        self._names[target] = member.name
        content = member.open()
        if content is None:
            raise RefusedError("it has no content")
        try:
            with content, path.open("xb") as file:
                shutil.copyfileobj(content, file, CHUNK)
        except (RefusedError, *BROKEN):
            path.unlink(missing_ok=True)
            raise
        return free

    def _is_given(self, member: Member) -> bool:
        """Tell whether a file is the same as one of the release's."""
        is_of_its_size = any(size == member.size for size, _ in self._given)
        return is_of_its_size and (member.size, member.checksum()) in self._given

    def _free(self, path: PurePath) -> PurePath:
        """Return a path at which nothing lies yet."""
        free, number = path, 1
        while (self._root / free).exists():
            number += 1
            free = path.with_name(f"{path.stem}~{number}{path.suffix}")
        return free

    def _room_of(self, path: PurePath) -> Room | None:
        """Return the room of the hand-in to which a file belongs; None if it is nobody's."""
        try:
            return self._rooms.of(self._owners.of(path).hand_in)
        except NobodyError:
            return None

    def _unpacked(self, room: Room | None) -> int:
        """Return how large an archive may become that is compressed as a whole."""
        free = max(0, shutil.disk_usage(self._root).free - SPARE)
        return free if room is None else min(free, self._rooms.size)

    def _check_disk(self, error: BaseException) -> None:
        """Raise an error of the run's own if there is no more room on the disk."""
        if isinstance(error, OSError) and error.errno in NO_SPACE:
            raise DiskFullError(
                f"{self._root} must have room on its disk: make room, and collect again with "
                "--force; nothing has been collected"
            ) from error

    def _skip(self, path: PurePath, depth: int) -> None:
        """Keep that there was a file, unless the archive that it is in lies there to tell."""
        if depth == MAX_DEPTH:
            self.extracted.skipped.append(path)

    def _leave_out(self, path: PurePath, why: str, *, is_extra: bool = False) -> None:
        self.extracted.not_extracted.append(NotExtracted(path, why, is_extra))

    def _folder_of(self, archive: PurePath) -> PurePath:
        """Return where the files of an archive go, which has its name for whose they are."""
        folder = self._free(archive.with_name(stem(archive.name)))
        self._owners.extracted(folder, archive.name)
        return folder

    def _pass_over_outer(self, folder: PurePath, due: list[_Due]) -> None:
        """Take no name from a folder around all others in an archive."""
        inside = [one.path.relative_to(folder).parts for one in due]
        guess = self._owners.lone_guess(folder, {parts[0] for parts in inside})
        if guess and any(
            self._owners.names_anybody(parts[1:]) for parts in inside if parts[0] == guess.name
        ):
            self._owners.pass_over(guess)

    def _pass_over_outermost(self, source: Path, paths: list[Path]) -> None:
        """Take no name from a whole download's own, or from a folder around all of them."""
        outer = {path.relative_to(source).parts[0] for path in paths}
        folders = {stem(part) if self._is_archive(part) else part: part for part in outer}
        guess = self._owners.lone_guess(PurePath(), folders)
        if guess is None:
            return
        place = source / folders[guess.name]
        names = [
            path.relative_to(place).as_posix() for path in BoundedWalk(place, most=sys.maxsize)
        ]
        if place.is_file():
            with (
                suppress(RefusedError, *BROKEN),
                closing(OpenedArchive(place, self._zone, self._unpacked(None))) as opened,
            ):
                names = [member.name for member in opened.members]
        if any(self._owners.names_anybody(PurePath(name).parts) for name in names):
            self._owners.pass_over(guess)


def _is_notebook(path: PurePath) -> bool:
    return ".ipynb" in path.name.lower()


def _is_download(dates: list[float], made: float) -> bool:
    """Tell whether an archive's dates look like that of its own making: all at once, and then."""
    if not dates:
        return False
    span, since = max(dates) - min(dates), abs(made - max(dates))
    return span <= AT_ONCE.total_seconds() and since <= NEARLY.total_seconds()

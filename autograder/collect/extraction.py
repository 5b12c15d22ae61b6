"""Extracts one download: each hand-in within its own quota, notebooks first.

Each file becomes an ordinary file with a safe name in the folder of its archive, and keeps its date
in the archive. A file that is not extracted is listed with the reason; the others are extracted.
"""

import sys
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import closing, suppress
from datetime import timedelta, tzinfo
from pathlib import Path, PurePath
from typing import NamedTuple

from autograder.collect.extracted import Extracted, NotExtracted
from autograder.collect.opened_archive import BROKEN, Member, OpenedArchive, RefusedError
from autograder.collect.owner import NobodyError, Owners
from autograder.collect.quota import Quota, QuotaError, Quotas
from autograder.collect.safe_name import UnsafeNameError, is_junk, safe_part, safe_path
from autograder.collect.target_folder import TargetFolder
from autograder.files import ordinary_file
from autograder.files.archive_name import stem
from autograder.files.bounded_walk import BoundedWalk

MAX_DEPTH = 5  # of archives within archives
AT_ONCE = timedelta(hours=1)  # the dates of a download lie within it
NEARLY = timedelta(hours=26)  # the same day in any two time zones


class _Planned(NamedTuple):
    """A file of an archive, the path to extract it to, and its place in the order."""

    member: Member
    path: PurePath
    order: tuple[int, int]


class Extraction:
    """Extracts the archives in a folder and copies its other files.

    Parameters
    ----------
    root : Path
        The folder to extract to.
    owners : Owners
    quotas : Quotas
    zone : tzinfo
        Time zone of the dates in zip files, which do not name one.
    given : collection of (int, int)
        Size and checksum of each file of the release, which is not extracted again.
    is_archive : callable
        Returns whether a file of this name is an archive.
    """

    def __init__(
        self,
        root: Path,
        owners: Owners,
        quotas: Quotas,
        zone: tzinfo,
        given: Collection[tuple[int, int]],
        is_archive: Callable[[str], bool],
    ) -> None:
        self.extracted = Extracted()
        self._target = TargetFolder(root)
        self._owners = owners
        self._quotas = quotas
        self._zone = zone
        self._given = given
        self._is_archive = is_archive

    def extract(self, source: Path) -> None:
        """Extract all that lies in a folder; raise a DiskFullError if the disk is full."""
        walk = BoundedWalk(source, most=sys.maxsize)
        paths = sorted(path for path in walk if path.is_symlink() or not path.is_dir())
        for parent in sorted({path.parent for path in walk.too_deep}):
            why = f"folders may be nested {walk.depth} deep"
            self._leave_out(PurePath(*map(safe_part, parent.relative_to(source).parts)), why)
        self._ignore_outermost_name(source, paths)
        for path in paths:
            inside = path.relative_to(source)
            if is_junk(inside):
                continue
            target = PurePath(*map(safe_part, inside.parts))
            if why := ordinary_file.why_not(path.lstat().st_mode):
                self._leave_out(target, why)
            elif self._is_archive(path.name):
                self._nobodys_quota = self._quotas.of((path,))
                folder = self._folder_of(target)
                quota = self._quota_of(folder / "any")
                dates = self._unpack(path, target, folder, quota, MAX_DEPTH)
                if not _is_download(dates, path.stat().st_mtime):
                    self.extracted.dated.append(folder)
            else:
                self._copy(path, target, source / inside.parts[0])

    def _copy(self, path: Path, target: PurePath, outermost: Path) -> None:
        """Copy a file that is no archive; only a notebook needs no quota."""
        try:
            if not _is_notebook(target):
                quota = self._quota_of(target) or self._quotas.of((outermost,))
                quota.take(path.stat().st_size)
        except QuotaError as error:
            self._leave_out(target, str(error), is_extra=True)
        else:
            self._target.copy(path, target)

    def _unpack(
        self,
        archive: Path,
        name: PurePath,
        folder: PurePath,
        quota: Quota | None,
        depth: int,
        modified: float = 0.0,
    ) -> list[float]:
        """Extract one archive and those in it; return its files' dates.

        Parameters
        ----------
        archive : Path
        name, folder : PurePath
            Where it and its files lie in the folder of extracted files.
        quota : Quota, optional
            The quota of its hand-in; None if it has the files of several students.
        depth : int
            How many archives may still be nested.
        modified : float
            The date of all its files: files in a student's archive get the archive's date.
        """
        dates = []
        most = self._target.free_bytes()
        most = most if quota is None else min(most, self._quotas.size)
        try:
            with closing(OpenedArchive(archive, self._zone, most)) as opened:
                planned = list(self._plan(opened.members, name, folder, depth))
                if quota is None:
                    self._ignore_outer_name(folder, planned)
                for one in sorted(planned, key=lambda one: one.order):
                    its_quota = quota or self._quota_of(one.path)
                    dates.append(modified or one.member.modified)
                    self._extract_member(one, its_quota, depth, dates[-1])
        except RefusedError as error:
            self._leave_out(name, str(error))
        except BROKEN as error:
            self._target.check_disk(error)
            self._leave_out(
                name, f"it is damaged, and cannot be opened ({error}): ask for it again"
            )
        else:
            self.extracted.opened.add(name)
        return dates

    def _plan(
        self, members: Iterable[Member], archive: PurePath, folder: PurePath, depth: int
    ) -> Iterator[_Planned]:
        """Yield the files to extract.

        Their order is: the assignment's notebooks, other notebooks, archives, other files.
        """
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
            elif not member.is_file:
                self._leave_out(path, "it is a link or no ordinary file")
            else:
                first = (
                    path.name.casefold() in names,
                    _is_notebook(path),
                    self._is_archive(path.name),
                    True,
                )
                yield _Planned(member, path, (first.index(True), number))

    def _extract_member(
        self, one: _Planned, quota: Quota | None, depth: int, modified: float
    ) -> None:
        """Extract one file and, if it is an archive, the files in it."""
        is_inner = self._is_archive(one.path.name)
        is_extra = not is_inner and not _is_notebook(one.path)
        try:
            if is_extra and self._is_given(one.member):
                self._skip(one.path, depth)
                return
            its_quota = quota or self._nobodys_quota
            written = self._target.write(one.member, one.path, its_quota, modified)
        except (RefusedError, QuotaError) as error:
            self._leave_out(one.path, str(error), is_extra=is_extra)
            return
        except BROKEN as error:
            self._target.check_disk(error)
            cause = f"it is damaged, and cannot be read ({error}): ask for it again"
            self._leave_out(one.path, cause, is_extra=is_extra)
            return
        if is_inner and depth == 1:
            self._leave_out(written, f"archives may be nested {MAX_DEPTH} deep")
        elif is_inner:
            path = self._target.root / written
            self._unpack(path, written, self._folder_of(written), quota, depth - 1, modified)

    def _is_given(self, member: Member) -> bool:
        """Return whether a file is the same as one of the release's."""
        has_same_size = any(size == member.size for size, _ in self._given)
        return has_same_size and (member.size, member.checksum()) in self._given

    def _quota_of(self, path: PurePath) -> Quota | None:
        """Return the quota of a file's hand-in; None if the file belongs to nobody."""
        try:
            return self._quotas.of(self._owners.of(path).hand_in)
        except NobodyError:
            return None

    def _skip(self, path: PurePath, depth: int) -> None:
        """List a skipped file, unless it lies in an inner archive, which is extracted itself."""
        if depth == MAX_DEPTH:
            self.extracted.skipped.append(path)

    def _leave_out(self, path: PurePath, why: str, *, is_extra: bool = False) -> None:
        self.extracted.not_extracted.append(NotExtracted(path, why, is_extra))

    def _folder_of(self, archive: PurePath) -> PurePath:
        """Return the folder for an archive's files; the archive's name identifies its owner."""
        folder = self._target.free_path(archive.with_name(stem(archive.name)))
        self._owners.extracted(folder, archive.name)
        return folder

    def _ignore_outer_name(self, folder: PurePath, planned: list[_Planned]) -> None:
        """Ignore the name of a folder around all files of an archive, if names lie in it."""
        inside = [one.path.relative_to(folder).parts for one in planned]
        guess = self._owners.lone_guess(folder, {parts[0] for parts in inside})
        if guess and any(
            self._owners.names_anybody(parts[1:]) for parts in inside if parts[0] == guess.name
        ):
            self._owners.ignore_name(guess)

    def _ignore_outermost_name(self, source: Path, paths: list[Path]) -> None:
        """Ignore the name of the download's only archive or folder, if names lie in it."""
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
                closing(OpenedArchive(place, self._zone, self._target.free_bytes())) as opened,
            ):
                names = [member.name for member in opened.members]
        if any(self._owners.names_anybody(PurePath(name).parts) for name in names):
            self._owners.ignore_name(guess)


def _is_notebook(path: PurePath) -> bool:
    return ".ipynb" in path.name.lower()


def _is_download(dates: list[float], made: float) -> bool:
    """Return whether all files have about the archive's own date, as in an LMS's download."""
    if not dates:
        return False
    span, since = max(dates) - min(dates), abs(made - max(dates))
    return span <= AT_ONCE.total_seconds() and since <= NEARLY.total_seconds()

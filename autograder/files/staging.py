"""Completes a submission's graded folder before it replaces the earlier one.

nbgrader removes the earlier folder and then writes the new one, so an error in between loses a
grade. Here nbgrader's converter writes to a new folder inside `autograded/`. The transaction that
enters the scores also sets the earlier folder aside and renames the new one; an error reverts all.
After a killed run, the next run puts the earlier folder back and grades the submission again.
"""

import copy
import fcntl
import os
import secrets
import weakref
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from nbgrader.coursedir import CourseDirectory

from autograder.files.bounded_walk import BoundedWalk
from autograder.files.sharing import make_folder, obstacle, share
from autograder.worker import tree

NAME = ".unfinished-"
NEW, OLD = "new", "old"
LOCK = "lock"  # a file: folders cannot be locked on every file system
STEP = "{nbgrader_step}"


class Staging:
    """The place where one run makes its graded folders, one submission after the other.

    Parameters
    ----------
    coursedir : CourseDirectory
        nbgrader's own, with the course's settings.

    Attributes
    ----------
    coursedir : CourseDirectory
        A copy whose graded folder is the new one.
    """

    def __init__(self, coursedir: CourseDirectory) -> None:
        self._course = coursedir
        self._step = f"{_prefix(coursedir)}{secrets.token_hex(4)}"
        self.coursedir = copy.copy(coursedir)
        self.coursedir.autograded_directory = f"{self._step}/{NEW}"
        self.coursedir.original = coursedir
        self._area: _Area | None = None

    def begin(self, student: str) -> Path:
        """Return the path of a student's new folder, and make its parent."""
        self.discard()
        shared = self._course.groupshared
        self._area = _Area(_area(self._course, self._step, student), shared=shared)
        weakref.finalize(self, self._area.close)  # for a run that nbgrader ends by an error
        new = self.path(student)
        make_folder(new.parent, shared=shared)
        return new

    def path(self, student: str) -> Path:
        """Return the path of a student's new folder."""
        return self._path(NEW, student)

    @contextmanager
    def replacing(self, student: str) -> Iterator[Callable[[], None]]:
        """Yield a function that puts the new folder in its place; an error reverts it."""
        place = Path(
            self._course.format_path(self._course.autograded_directory, student, self.name)
        )
        new, old = self.path(student), self._path(OLD, student)
        done: list[tuple[Path, Path]] = []

        def rename(source: Path, target: Path) -> None:
            make_folder(target.parent, shared=self._course.groupshared)
            source.rename(target)
            done.append((source, target))

        def replace() -> None:
            if os.path.lexists(place):
                rename(place, old)
            rename(new, place)
            if self._course.groupshared and self._area is not None:
                share(place.parent)
                share(self._area.path.parent)

        try:
            yield replace
        except BaseException:
            for source, target in reversed(done):
                target.rename(source)
            raise
        _remove(old)

    def obstacle(self, student: str) -> str:
        """Return why a student's folder cannot be replaced, with the remedy; empty if it can."""
        place = self._course.format_path(self._course.autograded_directory, student, self.name)
        return self.blocked(student) or obstacle(Path(place))

    def blocked(self, student: str) -> str:
        """Return why no new folder can be made, with the remedy; empty if one can."""
        return obstacle(_area(self._course, self._step, student))

    def discard(self) -> None:
        """Remove the new folder and the folders made around it; one set aside stays."""
        if self._area is not None:
            self._area.close()
            self._area = None

    @property
    def name(self) -> str:
        """The assignment's name."""
        return str(self._course.assignment_id)

    def _path(self, kind: str, student: str) -> Path:
        return Path(self._course.format_path(f"{self._step}/{kind}", student, self.name))


class _Area:
    """The folder around the new folder and the one set aside, locked until it is closed.

    The system releases the lock when the process ends.
    """

    def __init__(self, path: Path, *, shared: bool) -> None:
        self.path = path
        self._lock = _locked(path, shared=shared)

    def close(self) -> None:
        """Remove it, but not a folder that is still set aside."""
        if self._lock >= 0:
            _remove(self.path / NEW)
            _clear(self.path)
            os.close(self._lock)
            self._lock = -1


def original(coursedir: CourseDirectory) -> CourseDirectory:
    """Return the course's own settings for a copy made by `Staging`."""
    return getattr(coursedir, "original", coursedir)


def recover(coursedir: CourseDirectory, students: Collection[str]) -> set[str]:
    """Put back folders that killed graders had set aside; return the students being graded then.

    An area that another grader is using stays as it is.
    """
    prefix = _prefix(coursedir)
    found: set[str] = set()
    for pattern in dict.fromkeys(_area(coursedir, prefix, student) for student in students):
        for area in pattern.parent.glob(f"{pattern.name}*"):
            step = prefix + area.name.removeprefix(pattern.name)
            with suppress(OSError), _held(area):
                for student in students:
                    if _put_back(coursedir, step, student):
                        found.add(student)
                _remove(area / NEW)
                _clear(area)
    return found


def _put_back(coursedir: CourseDirectory, step: str, student: str) -> bool:
    """Put a student's folder back if it was set aside; return whether grading had begun."""
    new, old, place = (
        Path(coursedir.format_path(one, student, coursedir.assignment_id))
        for one in (f"{step}/{NEW}", f"{step}/{OLD}", coursedir.autograded_directory)
    )
    if os.path.lexists(old):
        if os.path.lexists(place):  # the new one; its scores may or may not have been entered
            _remove(old)
        else:
            old.rename(place)
        return True
    return os.path.lexists(new)


def _prefix(coursedir: CourseDirectory) -> str:
    """Return the beginning of each run's step name: in `autograded/`, if that has all folders."""
    is_last = str(coursedir.directory_structure).rstrip("/").endswith(STEP)
    return f"{coursedir.autograded_directory}{'' if is_last else '/'}{NAME}"


def _area(coursedir: CourseDirectory, step: str, student: str) -> Path:
    """Return the folder of a step; in nbgrader's default structure all students share it."""
    above = str(coursedir.directory_structure).partition(STEP)[0]
    named = above.format(student_id=student, assignment_id=coursedir.assignment_id)
    return Path(coursedir.root, f"{named}{step}")


def _locked(area: Path, *, shared: bool) -> int:
    """Make and lock an area; return the lock's descriptor."""
    while True:
        make_folder(area, shared=shared)
        with suppress(FileNotFoundError):  # another grader removed it before it was locked
            lock = os.open(area / LOCK, os.O_RDWR | os.O_CREAT, 0o644)
            with suppress(OSError):  # a file system without locks
                fcntl.flock(lock, fcntl.LOCK_EX)
            if (area / LOCK).exists() and os.path.samestat(os.fstat(lock), (area / LOCK).stat()):
                if shared:
                    share(area / LOCK)
                return lock
            os.close(lock)


@contextmanager
def _held(area: Path) -> Iterator[None]:
    lock = os.open(area / LOCK, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o644)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(lock)


def _clear(area: Path) -> None:
    """Remove an area's empty folders, and the area itself if it is empty."""
    for folder in reversed([area, *BoundedWalk(area)]):
        with suppress(OSError):  # a file, or a folder that is not empty
            if [path.name for path in folder.iterdir()] == [LOCK]:
                Path(folder, LOCK).unlink()
            folder.rmdir()


def _remove(path: Path) -> None:
    with suppress(OSError):
        tree.remove(path)

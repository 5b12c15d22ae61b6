"""The student that a file belongs to: the first part of its path that names a student decides.

The student has named everything below that part, so no name is read from it.
"""

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import NamedTuple

from autograder.collect import lms_file_names
from autograder.collect.lms_file_names import Origin
from autograder.collect.safe_name import is_junk
from autograder.course.roster import Person, Roster, name_key
from autograder.files.archive_name import is_archive, stem

ENDINGS = re.compile(r"(\.ipynb|\.tar)?\.\w{1,5}$|\.ipynb$", re.IGNORECASE)
SEPARATORS = "_-. "


class NobodyError(Exception):
    """A path names no student; the text says why."""


@dataclass(frozen=True)
class Owner:
    """The owner of a file."""

    student: str  # the id
    hand_in: PurePath  # the path down to the part that names the student
    file: str  # the student's own name for the file
    # the student's own name for the uploaded file: the archive, if the file lies in one
    upload: str
    origin: Origin | None = None  # the parts of the name that the LMS gave it
    # whether the gradebook or the roster has the student; if not, the id is the LMS's number
    is_known: bool = True
    timestamp: str = ""  # when it was handed in, from a pattern in nbgrader's settings


class _Name(NamedTuple):
    """The student that one part of a path names, and the student's own name for the file."""

    student: str
    own: str
    origin: Origin | None
    is_known: bool


def check_id(student: str) -> None:
    """Raise a NobodyError if an id cannot be a folder's name."""
    if not student or student.startswith(".") or set(student) & set("/\\\0"):
        raise NobodyError(f"{student!r} cannot be a student's id: see the roster")


class Owners:
    """Finds the owner of a file by its path.

    Parameters
    ----------
    people : Roster
        The known students.
    names : sequence of str
        The assignment's notebooks: their names may stand beside an id.
    match : callable, optional
        Applies nbgrader's `named_regexp` to a path; its result takes precedence.
    """

    def __init__(
        self,
        people: Roster,
        names: Sequence[str] = (),
        match: Callable[[PurePath], dict[str, str] | None] = lambda path: None,
    ) -> None:
        self.people = people
        self._match = match
        self.names = names
        self._stems = [name.removesuffix(".ipynb").casefold() for name in names]
        self._archives: dict[PurePath, str] = {}
        self._ignored: set[PurePath] = set()
        self._seen: dict[tuple[PurePath, bool], _Name | None] = {}

    def of(self, path: PurePath) -> Owner:
        """Return the owner of a file by its path in the folder of extracted files.

        Raises
        ------
        NobodyError
        """
        if owner := self._matched(path):
            return owner
        for place in range(1, len(path.parts) + 1):
            if is_junk(PurePath(path.parts[place - 1])):
                break  # a system's own file belongs to no student
            hand_in = PurePath(*path.parts[:place])
            is_last = place == len(path.parts)
            is_file = is_last or hand_in in self._archives
            if name := self._name(hand_in, is_file=is_file):
                inner = path.name if is_last else path.parts[place]
                upload = name.own if is_file else self._archives.get(hand_in / inner, inner)
                file = name.own if is_last else path.name
                return Owner(name.student, hand_in, file, upload, name.origin, name.is_known)
        raise NobodyError(
            "its name identifies no student: keep the name that Moodle or Canvas gave it, or put "
            "it into a folder named by the student's id"
        )

    def extracted(self, folder: PurePath, archive: str) -> None:
        """Note that a folder has an archive's files: the archive's name identifies the owner."""
        self._archives[folder] = archive

    def lone_guess(self, folder: PurePath, parts: Collection[str]) -> PurePath | None:
        """Return the path of the only name that looks like Canvas's, if it may be another name.

        The name of a course or a download may look like that, too. None if another part names a
        student, or if the gradebook or the roster has the number.
        """
        naming = [part for part in parts if self.names_anybody([part])]
        if len(naming) != 1:
            return None
        origin = self._origin(naming[0], is_file=False)
        if origin is None or origin.lms != "Canvas" or self._person(origin):
            return None
        return folder / naming[0]

    def ignore_name(self, path: PurePath) -> None:
        """Ignore a folder's own name: only the names in the folder may identify a student."""
        self._ignored.add(path)
        self._seen.clear()

    def names_anybody(self, parts: Iterable[str]) -> bool:
        """Return whether one of the parts of a path names a student."""
        return any(
            self._by_id(part, is_file=True) or self._origin(part, is_file=False) for part in parts
        )

    def _matched(self, path: PurePath) -> Owner | None:
        """Return the owner by nbgrader's pattern; for an archive, the owner of a notebook in it."""
        notebook = self.names[0] if self.names else "any.ipynb"
        inner = path.with_name(stem(path.name)) / notebook if is_archive(path.name) else path
        if (found := self._match(inner)) is None:
            return None
        student, file = found.get("student_id") or "", path.name
        if found.get("file_id") and inner == path:
            file = PurePath(found["file_id"]).with_suffix(path.suffix).as_posix()
        stamp = found.get("timestamp") or ""
        return Owner(student, PurePath(student), file, file, timestamp=stamp)

    def _name(self, path: PurePath, *, is_file: bool) -> "_Name | None":
        """Return the student whom the last part of a path names, if any."""
        if (path, is_file) not in self._seen:
            part = self._archives.get(path, path.name)
            self._seen[path, is_file] = (
                None if path in self._ignored else self._read(part, is_file=is_file)
            )
        return self._seen[path, is_file]

    def _read(self, part: str, *, is_file: bool) -> "_Name | None":
        origin = self._origin(part, is_file=is_file)
        own = origin.file if origin and is_file else part
        if person := self._by_id(part, is_file=is_file) or (origin and self._person(origin)):
            return _Name(person.id, own, origin, is_known=True)
        if origin is None:
            return None
        if not origin.number:
            raise NobodyError("its name has no number: in Moodle, its student belongs to no group")
        return _Name(origin.number, own, origin, is_known=False)

    def _by_id(self, part: str, *, is_file: bool) -> Person | None:
        """Return the known student by an id or other key, with or without a notebook's name."""
        short = ENDINGS.sub("", part) if is_file else part
        if person := self.people.people.get(part) or self.people.people.get(short):
            return person
        if person := self.people.who(part) or self.people.who(short):
            return person
        for name in self._stems:
            folded = short.casefold()
            if folded.endswith(name) and folded != name:
                rest = short[: -len(name)]
            elif folded.startswith(name) and folded != name:
                rest = short[len(name) :]
            else:
                continue
            key = rest.strip(SEPARATORS)
            if key != rest and (person := self.people.who(key)):
                return person
        return None

    def _origin(self, part: str, *, is_file: bool) -> Origin | None:
        """Return the origin in a part of a path if an LMS has plausibly written it."""
        origin = lms_file_names.origin(part, is_file=is_file)
        if origin and (origin.is_plausible or self._person(origin)):
            return origin
        return None

    def _person(self, origin: Origin) -> Person | None:
        """Return the student by number, or by a name that only one student has."""
        named = self.people.named(origin.name)
        if origin.lms == "Canvas":
            return self.people.lms_user(origin.number) or named
        person = self.people.participant(origin.number)
        is_anonymous = bool(origin.number) and name_key(origin.name).endswith(origin.number)
        # a group's number may also be the participant number of another student
        if person and person.names and person != named and not is_anonymous:
            person = named
        return person or named

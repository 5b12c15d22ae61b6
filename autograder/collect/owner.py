"""Whose a file is: the first part of its path, from outside in, that names anybody decides.

What lies below that part, the student has named, so nothing of it is read as a name.
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
    """A path that names no student; the text says why."""


@dataclass(frozen=True)
class Owner:
    """Whose a file is.

    Parameters
    ----------
    student : str
        The id.
    hand_in : PurePath
        The path down to the part that names the student.
    file : str
        What the student called the file.
    upload : str
        What the student called that which was handed in: the archive, if the file lies in one.
    origin : Origin, optional
        What the LMS's name tells, if it is one.
    is_known : bool
        Whether the gradebook or the roster has the student; if not, the id is the LMS's number.
    timestamp : str
        When it was handed in, as a pattern in nbgrader's settings has found it.
    """

    student: str
    hand_in: PurePath
    file: str
    upload: str
    origin: Origin | None = None
    is_known: bool = True
    timestamp: str = ""


class _Name(NamedTuple):
    """Whom one part of a path names, and what the student called it."""

    student: str
    own: str
    origin: Origin | None
    is_known: bool


def check_id(student: str) -> None:
    """Check that an id can be a folder's name.

    Raises
    ------
    NobodyError
    """
    if not student or student.startswith(".") or set(student) & set("/\\\0"):
        raise NobodyError(f"{student!r} cannot be a student's id: see the roster")


class Owners:
    """Tells whose a file is by its path.

    Parameters
    ----------
    people : Roster
        The students who are known.
    names : sequence of str
        The assignment's notebooks: their names beside an id make no other id of it.
    match : callable, optional
        What nbgrader's `named_regexp` finds in a path, which takes precedence.
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
        self._passed_over: set[PurePath] = set()
        self._seen: dict[tuple[PurePath, bool], _Name | None] = {}

    def of(self, path: PurePath) -> Owner:
        """Return whose a file is.

        Parameters
        ----------
        path : PurePath
            As seen from the folder of what is extracted.

        Raises
        ------
        NobodyError
        """
        if owner := self._matched(path):
            return owner
        for place in range(1, len(path.parts) + 1):
            if is_junk(PurePath(path.parts[place - 1])):
                break  # what a system has added to a download is no student's
            hand_in = PurePath(*path.parts[:place])
            is_last = place == len(path.parts)
            is_file = is_last or hand_in in self._archives
            if name := self._name(hand_in, is_file=is_file):
                inner = path.name if is_last else path.parts[place]
                upload = name.own if is_file else self._archives.get(hand_in / inner, inner)
                file = name.own if is_last else path.name
                return Owner(name.student, hand_in, file, upload, name.origin, name.is_known)
        raise NobodyError(
            "its name tells no student: it should be as Moodle or Canvas wrote it, or in a folder "
            "with a student's id"
        )

    def extracted(self, folder: PurePath, archive: str) -> None:
        """Take the name of a folder's archive for the folder's own."""
        self._archives[folder] = archive

    def lone_guess(self, folder: PurePath, parts: Collection[str]) -> PurePath | None:
        """Return the one folder in a folder that looks like one of Canvas's, and may be none.

        A course's or a download's own name may have numbers in it. None if anything beside it
        names a student, or if the gradebook or the roster has the number.
        """
        naming = [part for part in parts if self.names_anybody([part])]
        if len(naming) != 1:
            return None
        origin = self._origin(naming[0], is_file=False)
        if origin is None or origin.lms != "Canvas" or self._person(origin):
            return None
        return folder / naming[0]

    def pass_over(self, path: PurePath) -> None:
        """Take no name from a folder: what is in it names students."""
        self._passed_over.add(path)
        self._seen.clear()

    def names_anybody(self, parts: Iterable[str]) -> bool:
        """Tell whether one of the parts of a path names anybody."""
        return any(
            self._by_id(part, is_file=True) or self._origin(part, is_file=False) for part in parts
        )

    def _matched(self, path: PurePath) -> Owner | None:
        """Return the owner that the pattern finds.

        The pattern is for notebooks: an archive belongs to the owner of a notebook in it.
        """
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
        """Return whom the last part of a path names; None if it is nobody."""
        if (path, is_file) not in self._seen:
            part = self._archives.get(path, path.name)
            self._seen[path, is_file] = (
                None if path in self._passed_over else self._read(part, is_file=is_file)
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
            raise NobodyError(
                "it has no number: Moodle hands out so what students without a group have handed in"
            )
        return _Name(origin.number, own, origin, is_known=False)

    def _by_id(self, part: str, *, is_file: bool) -> Person | None:
        """Return the known student whose id, or another key of theirs, a part is.

        The notebook's name may stand beside the id.
        """
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
        """Return what a part tells if an LMS has written it."""
        origin = lms_file_names.origin(part, is_file=is_file)
        if origin and (origin.is_plausible or self._person(origin)):
            return origin
        return None

    def _person(self, origin: Origin) -> Person | None:
        """Return who is meant: by number, or by a name that one student alone has."""
        named = self.people.named(origin.name)
        if origin.lms == "Canvas":
            return self.people.lms_user(origin.number) or named
        person = self.people.participant(origin.number)
        is_anonymous = bool(origin.number) and name_key(origin.name).endswith(origin.number)
        # a group's number may be that of another's participant
        if person and person.names and person != named and not is_anonymous:
            person = named
        return person or named

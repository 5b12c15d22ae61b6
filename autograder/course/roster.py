"""The students of a course, from nbgrader's gradebook and a roster file, found by id or name."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from autograder.course.roster_file import KEYS, RosterError, read_records
from autograder.course.spelling import same

NAME = "roster.csv"  # in the course's folder


@dataclass(frozen=True)
class Person:
    """A student in the gradebook or the roster; unknown fields are empty."""

    id: str  # in the gradebook, and the name of the folder in `submitted/`
    first_name: str = ""
    last_name: str = ""
    full_name: str = ""
    email: str = ""
    lms_user_id: str = ""  # the number in the names of Canvas's files
    matriculation_number: str = ""  # Moodle's ID number, or Gradescope's SID
    username: str = ""
    sis_user_id: str = ""  # in Canvas
    section: str = ""
    participant: str = ""  # the number in the names of Moodle's files for one assignment
    submitted: str = ""  # when they handed in, from Moodle's grading worksheet
    # the id, number or address of the student whose submission counts for this one
    submission_of: str = ""
    spellings: tuple[str, ...] = ()  # the spellings of the id in the gradebook

    @property
    def names(self) -> set[str]:
        """The forms of the whole name, each as a `name_key`."""
        first, last = self.first_name, self.last_name
        known = {self.full_name, f"{first} {last}", f"{last} {first}"}
        if "," in self.full_name:  # Canvas's form
            last, _, first = self.full_name.partition(",")
            known.add(f"{first} {last}")
        return {name_key(name) for name in known} - {""}


class Roster:
    """The students of a course.

    Parameters
    ----------
    people : iterable of Person
        If several have the same id, the first counts.
    """

    def __init__(self, people: Iterable[Person]) -> None:
        self.people: dict[str, Person] = {}
        for person in people:
            self.people.setdefault(person.id, person)
        self._by_id = {same(person.id): person for person in self}
        self._by_key = _index((key(getattr(p, k)), p) for p in self for k in KEYS)
        self._by_name = _index((name, p) for p in self for name in p.names)
        self._by_participant = _index((p.participant, p) for p in self)
        self._by_lms_id = _index((key(p.lms_user_id), p) for p in self)

    def __iter__(self) -> Iterator[Person]:
        return iter(self.people.values())

    def of_id(self, student: str) -> Person | None:
        """Return the student with this id, in any spelling."""
        return self._by_id.get(same(student))

    def with_ids(self, students: Iterable[str]) -> "Roster":
        """Return the same people, with these spellings of their ids."""
        spelt = {same(student): student for student in students}
        return Roster(replace(p, id=spelt.get(same(p.id), p.id)) for p in self)

    def who(self, text: str) -> Person | None:
        """Return the student with this id, number or address, unless there are several."""
        return self._by_key.get(key(text))

    def named(self, name: str) -> Person | None:
        """Return the student with this name, unless there are several."""
        return self._by_name.get(name_key(name))

    def participant(self, number: str) -> Person | None:
        """Return the student with this number in Moodle's assignment."""
        return self._by_participant.get(number)

    def lms_user(self, number: str) -> Person | None:
        """Return the student with this number in Canvas."""
        return self._by_lms_id.get(key(number))

    @classmethod
    def read(cls, path: Path) -> "Roster":
        """Read a roster from a CSV file.

        Raises
        ------
        RosterError
        """
        people = [Person(**record) for record in read_records(path)]
        spellings: dict[str, list[str]] = {}
        for person in people:
            spellings.setdefault(same(person.id), []).append(person.id)
        if twice := [one for ids in spellings.values() if len(ids) > 1 for one in ids][:5]:
            raise RosterError(
                f"{path} must have each student once, in one spelling of the id, got {twice}: "
                "delete the others"
            )
        return cls(people)

    @classmethod
    def of(cls, students: Iterable[Any], roster: "Roster | None" = None) -> "Roster":
        """Return nbgrader's students, with the roster's fields, and the roster's other people."""
        known: list[Person] = []
        seen: set[str] = set()
        for student, spellings in _once(students, roster):
            own = Person(
                student.id,
                student.first_name or "",
                student.last_name or "",
                email=student.email or "",
                lms_user_id=getattr(student, "lms_user_id", None) or "",
                spellings=spellings,
            )
            more = roster and (
                roster.of_id(own.id)
                or roster.who(own.id)
                or (roster.who(own.email) if own.email else None)
            )
            if more and more.id not in seen:
                seen.add(more.id)
                own = _merged(own, more)
            known.append(own)
        ids = {same(person.id) for person in known}
        others = [p for p in roster or () if p.id not in seen and same(p.id) not in ids]
        return cls([*known, *others])


def find(root: Path, path: str = "") -> Roster | None:
    """Return the roster at a path, or else the course's own if there is one."""
    chosen = root / (path or NAME)
    if not path and not chosen.is_file():
        return None
    return Roster.read(chosen)


def key(text: str) -> str:
    """Return the form in which ids, numbers and addresses are compared."""
    plain = "".join(unicodedata.normalize("NFKC", text).casefold().split())
    plain = "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in plain)
    return re.sub(r"[./-]", "", plain) if re.fullmatch(r"[\d./-]+", plain) else plain


def name_key(name: str) -> str:
    """Return the form in which names are compared: letters and digits only, in lower case."""
    plain = unicodedata.normalize("NFKC", name).casefold()
    return "".join(c for c in plain if c.isalnum())


def _index(pairs: Iterable[tuple[str, Person]]) -> dict[str, Person]:
    """Return the person of each text that only one person has."""
    found: dict[str, set[str]] = {}
    people = {}
    for text, person in pairs:
        if text:
            found.setdefault(text, set()).add(person.id)
            people[person.id] = person
    return {text: people[next(iter(ids))] for text, ids in found.items() if len(ids) == 1}


def _once(students: Iterable[Any], roster: Roster | None) -> Iterator[tuple[Any, tuple[str, ...]]]:
    """Yield each of nbgrader's students once, with all spellings of the id in the gradebook.

    If there are several, the roster's spelling counts, or else the one with a submission.
    """
    by_form: dict[str, list[Any]] = {}
    for student in students:
        by_form.setdefault(same(student.id), []).append(student)
    listed = roster.people if roster else {}
    for spellings in by_form.values():
        if len(spellings) == 1:  # needs no query for submissions
            yield spellings[0], (spellings[0].id,)
            continue
        first = min(
            spellings, key=lambda s: (s.id not in listed, not getattr(s, "submissions", ()), s.id)
        )
        yield first, tuple(sorted(student.id for student in spellings))


def _merged(own: Person, more: Person) -> Person:
    if same(own.id) == same(more.id) and not more.username:
        more = replace(more, username=more.id)  # the LMS's spelling
    values = {f.name: getattr(own, f.name) or getattr(more, f.name) for f in fields(Person)}
    return replace(own, **values)

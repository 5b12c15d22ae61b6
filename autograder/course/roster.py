"""Who is in the course: nbgrader's gradebook and a roster CSV, and who is meant by a text.

A roster has nbgrader's own columns and a few more, or is what an LMS hands out: Canvas's exported
gradebook, Moodle's grading worksheet, Gradescope's roster.
"""

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from autograder.course.assignment import AssignmentError
from autograder.course.spelling import same

NAME = "roster.csv"  # of the course's own, in its folder
MAX_SIZE = 20 * 2**20  # bytes
COLUMNS = {  # how others call them
    "id": ("student_id",),
    "first_name": ("first name", "firstname"),
    "last_name": ("last name", "lastname", "surname"),
    "full_name": ("full name", "student", "name"),
    "email": ("email address", "e-mail", "e-mail address", "mail"),
    "lms_user_id": ("canvas id", "canvas user id"),
    "matriculation_number": ("matriculation number", "id number", "idnumber", "sid"),
    "username": ("sis login id", "login id", "login"),
    "sis_user_id": ("sis user id",),
    "section": ("sections",),
    "participant": ("identifier", "participant number"),
    "submitted": ("last modified (submission)",),
    "submission_of": (),
}
KEYS = ("id", "username", "email", "matriculation_number", "sis_user_id", "lms_user_id")


class RosterError(AssignmentError):
    """A roster that cannot be read; the text names the remedy."""


@dataclass(frozen=True)
class Person:
    """A student, as the gradebook and the roster know them; empty is what nobody has said.

    Parameters
    ----------
    id : str
        In the gradebook, and the name of the folder in `submitted/`.
    first_name, last_name, full_name, email, username, section : str
    lms_user_id : str
        In Canvas, the number that its files carry.
    matriculation_number : str
        In Moodle, the ID number; in Gradescope, the SID.
    sis_user_id : str
        In Canvas.
    participant : str
        In Moodle's assignment, the number that its files carry.
    submitted : str
        When they handed in, as Moodle's grading worksheet says.
    submission_of : str
        Whose submission counts for them, as the course staff has decided: an id, number or address.
    spellings : tuple of str
        The ids in the gradebook that are this student's.
    """

    id: str
    first_name: str = ""
    last_name: str = ""
    full_name: str = ""
    email: str = ""
    lms_user_id: str = ""
    matriculation_number: str = ""
    username: str = ""
    sis_user_id: str = ""
    section: str = ""
    participant: str = ""
    submitted: str = ""
    submission_of: str = ""
    spellings: tuple[str, ...] = ()

    @property
    def names(self) -> set[str]:
        """How the whole name may be written, each as `name_key` has it."""
        first, last = self.first_name, self.last_name
        known = {self.full_name, f"{first} {last}", f"{last} {first}"}
        if "," in self.full_name:  # as Canvas sorts them
            last, _, first = self.full_name.partition(",")
            known.add(f"{first} {last}")
        return {name_key(name) for name in known} - {""}


class Roster:
    """The students of a course.

    Parameters
    ----------
    people : iterable of Person
        Of those with the same id, the first counts.
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
        """Return whose id this is, in any spelling of it."""
        return self._by_id.get(same(student))

    def with_ids(self, students: Iterable[str]) -> "Roster":
        """Return the same people, with these spellings of their ids."""
        spelt = {same(student): student for student in students}
        return Roster(replace(p, id=spelt.get(same(p.id), p.id)) for p in self)

    def who(self, text: str) -> Person | None:
        """Return whose id, number or address a text is; None if it is nobody's, or of several."""
        return self._by_key.get(key(text))

    def named(self, name: str) -> Person | None:
        """Return who has this name; None if nobody has, or several have."""
        return self._by_name.get(name_key(name))

    def participant(self, number: str) -> Person | None:
        """Return who has this number in Moodle's assignment."""
        return self._by_participant.get(number)

    def lms_user(self, number: str) -> Person | None:
        """Return who has this number in Canvas."""
        return self._by_lms_id.get(key(number))

    @classmethod
    def read(cls, path: Path) -> "Roster":
        """Read a roster from a CSV file.

        Raises
        ------
        RosterError
        """
        rows = _rows(path)
        columns = _columns(rows[0] if rows else [], path)
        people = []
        for row in rows[1:]:
            values: dict[str, Any] = {
                name: _plain(row[n]) for name, n in columns.items() if n < len(row)
            }
            if "points possible" in values.get("full_name", "").casefold():
                continue  # Canvas's second line
            number = re.search(r"\d+$", values.get("participant", ""))
            values["participant"] = number[0] if number else ""
            values["id"] = next((values[k] for k in KEYS if values.get(k)), "")
            if values["id"]:
                people.append(Person(**values))
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
        """Return the students of a gradebook with what the roster adds, and all who are in it.

        Parameters
        ----------
        students : iterable
            nbgrader's.
        roster : Roster, optional
        """
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
    """Return a course's roster: the one that a path names, or its own if there is one."""
    chosen = root / (path or NAME)
    if not path and not chosen.is_file():
        return None
    return Roster.read(chosen)


def key(text: str) -> str:
    """Return an id, number or address as it is compared."""
    plain = "".join(unicodedata.normalize("NFKC", text).casefold().split())
    plain = "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in plain)
    return re.sub(r"[./-]", "", plain) if re.fullmatch(r"[\d./-]+", plain) else plain


def name_key(name: str) -> str:
    """Return a name as it is compared: letters alone, however they are written."""
    plain = unicodedata.normalize("NFKC", name).casefold()
    return "".join(c for c in plain if c.isalnum())


def _index(pairs: Iterable[tuple[str, Person]]) -> dict[str, Person]:
    """Return who is meant by each text that is one person's alone."""
    found: dict[str, set[str]] = {}
    people = {}
    for text, person in pairs:
        if text:
            found.setdefault(text, set()).add(person.id)
            people[person.id] = person
    return {text: people[next(iter(ids))] for text, ids in found.items() if len(ids) == 1}


def _once(students: Iterable[Any], roster: Roster | None) -> Iterator[tuple[Any, tuple[str, ...]]]:
    """Yield each of nbgrader's students once, with the spellings of the id that there are.

    Of several spellings the roster's counts, or else the one with a submission.
    """
    by_form: dict[str, list[Any]] = {}
    for student in students:
        by_form.setdefault(same(student.id), []).append(student)
    listed = roster.people if roster else {}
    for spellings in by_form.values():
        if len(spellings) == 1:  # which asks the gradebook nothing
            yield spellings[0], (spellings[0].id,)
            continue
        first = min(
            spellings, key=lambda s: (s.id not in listed, not getattr(s, "submissions", ()), s.id)
        )
        yield first, tuple(sorted(student.id for student in spellings))


def _merged(own: Person, more: Person) -> Person:
    if same(own.id) == same(more.id) and not more.username:
        more = replace(more, username=more.id)  # as the roster's LMS spells it
    values = {f.name: getattr(own, f.name) or getattr(more, f.name) for f in fields(Person)}
    return replace(own, **values)


def _rows(path: Path) -> list[list[str]]:
    try:
        if path.stat().st_size > MAX_SIZE:
            raise RosterError(f"{path} must be smaller than {MAX_SIZE >> 20} MiB: is it a roster?")
        data = path.read_bytes()
    except OSError as error:
        raise RosterError(f"{path} cannot be read ({error.strerror}): name a roster") from None
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", errors="replace")  # as Excel saves it
    head = text.partition("\n")[0]
    delimiter = max(",;\t", key=head.count)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as error:
        raise RosterError(f"{path} must be a CSV file ({error}): save it as one") from None
    return [row for row in rows if any(field.strip() for field in row)]


def _columns(head: list[str], path: Path) -> dict[str, int]:
    """Return the place of each column."""
    names = [" ".join(name.split()) for name in head]
    folded = [name.casefold() for name in names]
    found = {}
    for column, others in COLUMNS.items():
        places = [folded.index(name) for name in (column, *others) if name in folded]
        if places:
            found[column] = places[0]
    if "ID" in names and "full_name" in found:  # Canvas's own number
        found["lms_user_id"] = found.pop("id", names.index("ID"))
    if not set(found) & set(KEYS):
        raise RosterError(
            f"{path} must have a column `id`, got {names[:20]}: docs/ta.md has the names"
        )
    return found


def _plain(text: str) -> str:
    """Return a field without the apostrophe that keeps a spreadsheet from running it."""
    text = text.strip()
    return text[1:] if text[:1] == "'" and text[1:2] in tuple("=+-@") else text

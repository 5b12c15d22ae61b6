"""Several spellings of one student's id.

Ids belong to one student if they differ only in case, in blanks at their ends or in Unicode's
composition of letters. The gradebook, a folder and an LMS may each have another spelling.
"""

import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import dataclass


def same(student: str) -> str:
    """Return the form in which ids are compared."""
    folded = unicodedata.normalize("NFKC", student).casefold()
    return unicodedata.normalize("NFKC", folded).strip()


def grouped(students: Iterable[str]) -> dict[str, list[str]]:
    """Return the sorted spellings of each student, by their common form."""
    found: dict[str, set[str]] = {}
    for student in students:
        found.setdefault(same(student), set()).add(student)
    return {form: sorted(spellings) for form, spellings in found.items()}


def respelt(students: Iterable[str], known: Collection[str]) -> dict[str, str]:
    """Return the known spelling of each student with one spelling here and another one known."""
    spellings = grouped(known)
    found = {}
    for form, here in grouped(students).items():
        there = spellings.get(form, [])
        if len(here) == 1 and len(there) == 1 and here != there:
            found[here[0]] = there[0]
    return found


@dataclass(frozen=True)
class Clash:
    """A student with a folder for each of several spellings of the id."""

    spellings: list[str]
    graded: list[str]  # the spellings that are graded: the known ones, or all if none is known


def clashes(students: Iterable[str], known: Collection[str]) -> list[Clash]:
    """Return the students whose ids are here in several spellings."""
    return [
        Clash(spellings, [one for one in spellings if one in known] or spellings)
        for spellings in grouped(students).values()
        if len(spellings) > 1
    ]

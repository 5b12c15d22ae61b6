"""One student whose id is spelt in several ways.

Ids that differ only in case, in blanks at their ends or in how Unicode composes a letter are one
student's: the gradebook, a folder and an LMS may each have another of them.
"""

import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import dataclass


def same(student: str) -> str:
    """Return an id in the form by which ids are compared."""
    folded = unicodedata.normalize("NFKC", student).casefold()
    return unicodedata.normalize("NFKC", folded).strip()


def grouped(students: Iterable[str]) -> dict[str, list[str]]:
    """Return the spellings of each student, sorted, by the form that they have in common."""
    found: dict[str, set[str]] = {}
    for student in students:
        found.setdefault(same(student), set()).add(student)
    return {form: sorted(spellings) for form, spellings in found.items()}


def respelt(students: Iterable[str], known: Collection[str]) -> dict[str, str]:
    """Return the known spelling of each student who is there in one other spelling only.

    An id that is known in several spellings is left as it is.
    """
    spellings = grouped(known)
    found = {}
    for form, there in grouped(students).items():
        known_ones = spellings.get(form, [])
        if len(there) == 1 == len(known_ones) and there != known_ones:
            found[there[0]] = known_ones[0]
    return found


@dataclass(frozen=True)
class Clash:
    """A student whose id is spelt in several ways, each with a folder.

    Parameters
    ----------
    spellings : list of str
    graded : list of str
        Those that are graded all the same: the known ones, or all if none is known.
    """

    spellings: list[str]
    graded: list[str]


def clashes(students: Iterable[str], known: Collection[str]) -> list[Clash]:
    """Return the students that are there in several spellings."""
    return [
        Clash(spellings, [one for one in spellings if one in known] or spellings)
        for spellings in grouped(students).values()
        if len(spellings) > 1
    ]

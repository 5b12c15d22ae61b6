"""The submissions that a human should look at, and why: sorted by what is to be done first."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from autograder.class_report.library_use import LibraryUse
from autograder.class_report.similarity import Alike
from autograder.gradebook.class_record import Record
from autograder.gradebook.entry import NOT_COLLECTED, NOT_GRADED
from autograder.results.report import NEXT_STEP, NOT_ISOLATED, Status

HELD, LEFT_OUT, WAITING, UNREADABLE, TIMED_OUT, NEAR_IDENTICAL, LIBRARY, BARE, BY_HAND, REMARKS = (
    "held back by a fault of ours",
    "handed in, and not collected",
    "not graded yet",
    "could not be read",
    "timed out",
    "near-identical answers",
    "a forbidden library in graded code",
    "graded without isolation",
    "a score by hand",
    "remarks",
)
NAMED = 5  # of those who have a like answer
MAX_LINE = 100  # characters of a student's code


@dataclass(frozen=True)
class Reason:
    """A reason to look at some submissions.

    Parameters
    ----------
    title : str
    what_to_do : str
    cases : tuple of (Record, str)
        Each submission, with what is to be said of it.
    """

    title: str
    what_to_do: str
    cases: tuple[tuple[Record, str], ...]


def reasons(
    records: Sequence[Record],
    uses: dict[str, list[LibraryUse]],
    groups: Iterable[Alike],
) -> list[Reason]:
    """Return the reasons that hold for at least one submission.

    Parameters
    ----------
    records : sequence of Record
    uses : dict of str to list of LibraryUse
        Forbidden ones, by student.
    groups : iterable of Alike
    """
    by_status = {
        HELD: Status.HELD,
        LEFT_OUT: NOT_COLLECTED,
        WAITING: NOT_GRADED,
        UNREADABLE: Status.UNREADABLE,
        TIMED_OUT: Status.TIMED_OUT,
    }
    found = [
        Reason(title, _next_step(status, records), tuple((r, r.entry.cause) for r in theirs))
        for title, status in by_status.items()
        if (theirs := [record for record in records if record.entry.status == status])
    ]
    partners = _partners(groups)
    rest = (
        (
            NEAR_IDENTICAL,
            "compare them below; judge for yourself, since to be alike proves nothing",
            {student: "; ".join(told) for student, told in partners.items()},
        ),
        (
            LIBRARY,
            "read the line: the grader has taken no value of it",
            {
                student: "; ".join(f"{u.cell}, line {u.line}: {u.code[:MAX_LINE]}" for u in theirs)
                for student, theirs in uses.items()
                if theirs
            },
        ),
        (
            BARE,
            "grade again where student code can be confined: see SECURITY.md",
            {r.student: "" for r in records if r.entry.isolation == NOT_ISOLATED},
        ),
        (
            BY_HAND,
            "see that it still holds: it wins over what grading finds",
            {r.student: ", ".join(r.by_hand) for r in records if r.by_hand},
        ),
        (
            REMARKS,
            "read them; they cost no points by themselves",
            {
                r.student: "; ".join(r.entry.remarks)
                for r in records
                if r.entry.remarks and r.entry.status not in by_status.values()
            },
        ),
    )
    for title, what_to_do, told in rest:
        if cases := tuple((r, told[r.student]) for r in records if r.student in told):
            found.append(Reason(title, what_to_do, cases))
    return found


def _partners(groups: Iterable[Alike]) -> dict[str, list[str]]:
    """Return, for each student with a like answer, whose it is like."""
    partners: dict[str, list[str]] = {}
    for group in groups:
        for student in group.students:
            others = [other for other in group.students if other != student]
            more = f" and {len(others) - NAMED} more" if len(others) > NAMED else ""
            told = f"{group.cell}: like {', '.join(others[:NAMED])}{more}"
            partners.setdefault(student, []).append(told)
    return partners


def _next_step(status: str, records: Sequence[Record]) -> str:
    known: dict[str, str] = {str(one): step for one, step in NEXT_STEP.items()}
    theirs = (record.entry.next_step for record in records if record.entry.status == status)
    return known.get(status) or next(theirs, "")
